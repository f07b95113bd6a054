/** First thing of every script. Plain old syntax, so that an old Node.js can read it and say what to do. */
const [major] = process.versions.node.split('.')
if (Number(major) < 24) {
  console.error(
    `Asterism needs Node.js 24, this is ${process.versions.node}. Run \`npm ci\`: it brings its own (and \`npm run\` then uses it), or install Node.js 24 from nodejs.org.`,
  )
  process.exit(1)
}
