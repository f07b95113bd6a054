/** First import of the relay: an old Node.js would fail later, on something that does not name the cause. */
const OLDEST_MAJOR = 24

if (Number.parseInt(process.versions.node, 10) < OLDEST_MAJOR) {
  console.error(
    `Asterism needs Node.js ${OLDEST_MAJOR} or newer and this is ${process.versions.node}: install it from https://nodejs.org and start again.`,
  )
  process.exit(1)
}
