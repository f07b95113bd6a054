/**
 * One end of a measurement, run on a device: `echo PORT` sends back what comes, `sink PORT` counts what comes and says so every
 * 100 ms, `ping HOST PORT COUNT` prints the round trips in milliseconds, `flood HOST PORT BYTES_PER_SECOND MS` sends.
 */
import { createSocket } from 'node:dgram'
import { setTimeout as wait } from 'node:timers/promises'

/** As a data channel packs them. */
const PACKET_BYTES = 1200
const [role, ...args] = process.argv.slice(2)
const socket = createSocket('udp4')

if (role === 'echo' || role === 'sink') {
  let bytes = 0
  socket.on('message', (message, from) => {
    bytes += message.byteLength
    if (role === 'echo') socket.send(message, from.port, from.address)
  })
  socket.bind(Number(args[0]), () => console.log('ready'))
  if (role === 'sink') setInterval(() => console.log(`${performance.now()} ${bytes}`), 100)
} else if (role === 'ping') {
  const [host, port, count] = args
  const sent = new Map<string, number>()
  const trips: number[] = []
  socket.on('message', (message) => trips.push(performance.now() - (sent.get(message.toString()) ?? Number.NaN)))
  for (let n = 0; n < Number(count); n++) {
    sent.set(String(n), performance.now())
    socket.send(String(n), Number(port), host)
    await wait(2)
  }
  await wait(1_000)
  console.log(JSON.stringify(trips))
  process.exit()
} else if (role === 'flood') {
  const [host, port, rate, ms] = args
  const packet = new Uint8Array(PACKET_BYTES)
  const startMs = performance.now()
  let sent = 0
  while (performance.now() - startMs < Number(ms)) {
    const due = ((performance.now() - startMs) / 1000) * Number(rate)
    for (; sent < due; sent += PACKET_BYTES) socket.send(packet, Number(port), host)
    await wait(1)
  }
  console.log(sent)
  process.exit()
}
