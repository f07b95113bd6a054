/** What is sent to a player: what is shared now, by whomever, or all of the call composed. Nothing that is for some only leaves it. */
import { mayLeave } from '../../core/record/may-leave.ts'
import { DOOR_COMPOSITE_FPS, DOOR_COMPOSITE_PX } from '../../protocol/limits.ts'
import type { ToolParts } from '../tools/parts.ts'
import type { Tracks } from './program-connection.ts'

export type Outgoing = { readonly tracks: () => Tracks; readonly close: () => void }

type Sources = Pick<ToolParts, 'call' | 'presence' | 'session'>
type Sharer = Tracks & { readonly ask: Parameters<ToolParts['call']['setVisible']>[0] }

const NOTHING: Sharer = { video: undefined, audio: undefined, ask: [] }

/** `onChange`: other tracks are to be sent. */
export async function openOutgoing(of: 'all' | 'share', parts: ToolParts, onChange: () => void): Promise<Outgoing> {
  if (of === 'share') return followShare(parts, onChange)
  const { openComposite } = await import('../record/composite.ts')
  const composite = await openComposite(parts, { heightPx: DOOR_COMPOSITE_PX, fps: DOOR_COMPOSITE_FPS })
  return { tracks: () => composite, close: composite.close }
}

function followShare(parts: ToolParts, onChange: () => void): Outgoing {
  let now = sharedNow(parts)
  const ask = () => parts.call.setVisible(now.ask, 'door-share')
  const stop = parts.call.subscribe(() => {
    const next = sharedNow(parts)
    if (next.video === now.video && next.audio === now.audio && next.ask[0]?.tab === now.ask[0]?.tab) return
    now = next
    ask()
    onChange()
  })
  ask()
  return {
    tracks: () => now,
    close: () => {
      stop()
      parts.call.setVisible([], 'door-share')
    },
  }
}

/** Of several that share, this device first, then in the order of the names. */
function sharedNow({ call, presence, session }: Sources): Sharer {
  const { participants, subRoom } = session.state
  const all = presence.all()
  for (const participant of participants) {
    const tab = participant.tabs.find((one) => all.get(one)?.call?.screen === true)
    if (tab === undefined || mayLeave(participant, subRoom)?.screen !== true) continue
    if (tab === presence.self.tab) return { video: call.self.screenTrack, audio: call.self.screenAudioTrack, ask: [] }
    const media = call.remote.find((one) => one.tab === tab)
    return { video: media?.screen, audio: media?.screenAudio, ask: [{ tab, view: 'screen', heightPx: DOOR_COMPOSITE_PX }] }
  }
  return NOTHING
}
