/** Figures for Prometheus: how much, never who. */
import { Counter, Gauge, Registry } from 'prom-client'
import type { DoorExchange } from '../protocol/doors.ts'

export type Figures = {
  readonly sockets: number
  readonly rooms: number
  readonly tabs: number
  readonly reservations: number
  readonly doors: number
  readonly bytes: { readonly received: number; readonly sent: number }
}

export type RelayMetrics = {
  readonly countRefusal: (door: 'socket' | 'rendezvous' | 'http' | 'counters' | 'doors', reason: string) => void
  readonly countExchange: (what: DoorExchange['t']) => void
  readonly text: () => Promise<string>
  readonly contentType: string
}

export function createMetrics(figures: () => Figures): RelayMetrics {
  const registry = new Registry()
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect(this: Gauge) {
        this.set(read())
      },
    })

  gauge('asterism_sockets', 'Open WebSockets', () => figures().sockets)
  gauge('asterism_rooms', 'Rooms with somebody in them', () => figures().rooms)
  gauge('asterism_tabs', 'Records of tabs in rooms', () => figures().tabs)
  gauge('asterism_reservations', 'Tabs that can be dialed through this relay', () => figures().reservations)
  gauge('asterism_doors', 'Doors that tabs hold for programs', () => figures().doors)
  gauge('asterism_resident_bytes', 'Resident memory of the process', () => process.memoryUsage.rss())
  gauge('asterism_uptime_seconds', 'Seconds since start', () => process.uptime())

  new Gauge({
    name: 'asterism_socket_bytes_total',
    help: 'Bytes over WebSockets: what is carried between tabs, and what it takes to do so',
    labelNames: ['direction'],
    registers: [registry],
    collect() {
      const { received, sent } = figures().bytes
      this.set({ direction: 'received' }, received)
      this.set({ direction: 'sent' }, sent)
    },
  })
  const refusals = new Counter({
    name: 'asterism_refusals_total',
    help: 'What was turned away, and why',
    labelNames: ['door', 'reason'],
    registers: [registry],
  })

  const exchanges = new Counter({
    name: 'asterism_door_exchanges_total',
    help: 'What programs asked at doors and tabs did',
    labelNames: ['what'],
    registers: [registry],
  })

  return {
    countExchange: (what) => exchanges.inc({ what }),
    countRefusal: (door, reason) => refusals.inc({ door, reason }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
