/**
 * A second network on one machine: a door whose visitors come to the relay from another loopback address. The relay tells networks
 * apart by the addresses it sees, and it sees this one by itself: nobody says anything of it.
 */
import { connect, createServer, type Socket } from 'node:net'
import type { RelayProcess } from '../relay-process.ts'

export type OtherNetwork = { readonly origin: string; close(): Promise<void> }

/** `address`: in 127.0.0.0/8, all of which is this machine's on Linux. */
export async function openNetwork(relay: RelayProcess, address: string): Promise<OtherNetwork> {
  const open = new Set<Socket>()
  const door = createServer((visitor) => {
    const way = connect({ host: '127.0.0.1', port: relay.port, localAddress: address })
    visitor.pipe(way).pipe(visitor)
    for (const [one, other] of [
      [visitor, way],
      [way, visitor],
    ] as const) {
      open.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => open.delete(one))
    }
  })
  await new Promise<void>((done) => door.listen(0, '127.0.0.1', done))
  const at = door.address()
  if (at === null || typeof at === 'string') throw new Error('no port')
  return {
    origin: `http://127.0.0.1:${at.port}`,
    async close() {
      const closed = new Promise((done) => door.close(done))
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}
