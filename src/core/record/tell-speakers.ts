/** Who spoke when, as files beside a recording: chapters for players (WebVTT), and all there is to know for programs (JSON). */
import type { DeviceId } from '../../protocol/ids.ts'
import type { Turn } from './speaker-timeline.ts'

export type KeptPiece = { readonly name: string; readonly fromMs: number; readonly toMs: number; readonly bytes: number }

export type Told = {
  readonly beganAtMs: number
  readonly durationMs: number
  readonly recordedBy: string
  readonly turns: readonly Turn[]
  readonly nameOf: (device: DeviceId) => string
  readonly pieces: readonly KeptPiece[]
}

export function speakersJson({ beganAtMs, durationMs, recordedBy, turns, nameOf, pieces }: Told): string {
  const speakers = turns.map(({ who, fromMs, toMs }) => ({ device: who, name: nameOf(who), fromMs, toMs }))
  return `${JSON.stringify({ version: 1, beganAt: new Date(beganAtMs).toISOString(), durationMs, recordedBy, pieces, speakers }, null, 2)}\n`
}

export function speakersVtt({ turns, nameOf }: Pick<Told, 'turns' | 'nameOf'>): string {
  const cues = turns.map(({ who, fromMs, toMs }) => `${vttTime(fromMs)} --> ${vttTime(toMs)}\n${vttText(nameOf(who))}\n`)
  return ['WEBVTT\n', ...cues].join('\n')
}

function vttTime(ms: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1_000) % 60)}.${String(Math.floor(ms) % 1_000).padStart(3, '0')}`
}

/** A name is one line, and no markup. */
function vttText(name: string): string {
  const line = name.replaceAll(/\s+/g, ' ').trim() || '?'
  return line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
