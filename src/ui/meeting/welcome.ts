/** A host's welcome: its agenda as one writes it, and which of the room's files it may show: pixel pictures and clips, nothing that could act. */
import type { Files, RoomFile, Welcome } from '../../ports/asterism.ts'
import { previewKind } from '../format/file-kind.ts'

export type WelcomeLook = { readonly kind: 'image' | 'video'; readonly url: string; readonly name: string }

export function welcomeKind({ type, name }: Pick<RoomFile, 'type' | 'name'>): WelcomeLook['kind'] | undefined {
  const kind = previewKind(type, name)
  return kind === 'image' || kind === 'video' ? kind : undefined
}

/** undefined: none was chosen, it has left the room, or it cannot be shown here. */
export function lookOf(id: string | undefined, files: Pick<Files, 'list' | 'url'>): WelcomeLook | undefined {
  const file = files.list().find((one) => one.id === id)
  if (file === undefined) return undefined
  const kind = welcomeKind(file)
  const url = files.url(file.id)
  return kind === undefined || url === undefined ? undefined : { kind, url, name: file.name }
}

/** Lines of a time and what happens then; a line without a time is kept, without one. */
export function parseAgenda(text: string): Welcome['agenda'] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [, time = '', rest = ''] = /^(\d{1,2}[:.h]?\d{0,2}(?:\s?[ap]m)?)?\s*(.*)$/i.exec(line) ?? []
      return { time, text: rest }
    })
}

export function agendaText(agenda: Welcome['agenda']): string {
  return agenda.map(({ time, text }) => `${time} ${text}`.trim()).join('\n')
}
