/** Calls and meetings in every state worth looking at: few and many, looked at each way, moderated, waited for, travelled. */
import type { EffectState, RecorderState } from '../../ports/asterism.ts'
import type { Background } from '../../protocol/backgrounds.ts'
import { ERROR_SENTENCES } from '../../protocol/errors.ts'
import { doorAt } from './fixtures/fake-doors.ts'
import type { RoomFacts } from './fixtures/fake-room.ts'
import { FEW_FILES } from './fixtures/files.ts'
import { looksBack } from './fixtures/logged-meeting.ts'
import { meeting, notYetMeasured, presentedTo, sealedEachWay, travelsByTree, travelsStraight, unseen } from './fixtures/meetings.ts'
import { ANN, BEN, CEM, inCall, ME, RTL } from './fixtures/people.ts'
import { lake, page, portrait } from './fixtures/pictures.ts'
import { withTwoDevices } from './fixtures/second-device.ts'
import { gathered, inSideRoom, leftLying, looking, lookingAtShare, outside, watching } from './fixtures/sessions.ts'
import type { Scene } from './scene.ts'

export const CALL_SCENES: Readonly<Record<string, Scene>> = {
  'call-talking': { screen: 'room', facts: talking },
  'call-screen': { screen: 'room', facts: presenting },
  'call-alone': { screen: 'room', facts: { members: [inCall(ME)], call: { state: 'in' }, self: { microphone: { kind: 'on' } } } },
  'call-busy-device': {
    screen: 'room',
    facts: {
      members: [inCall(ME), inCall(ANN)],
      call: { state: 'in' },
      self: { camera: { kind: 'failed', code: 'device-busy', text: 'Another program is using it. Close that program, or go on without.' } },
    },
  },
  'call-nine': { screen: 'room', facts: () => meeting(9) },
  'call-thirty': { screen: 'room', facts: () => meeting(30) },
  'call-thirty-screen': { screen: 'room', facts: () => presentedTo(30) },
  'call-sealed': { screen: 'room', facts: sealedEachWay },
  'call-unseen': { screen: 'room', facts: unseen },
  'call-direct': { screen: 'room', facts: () => meeting(3, () => ({ seal: 'direct' })) },
  'travels-straight': { screen: 'room', facts: () => travelsStraight(4), dialog: 'travels' },
  'travels-nine': { screen: 'room', facts: () => travelsByTree(9), dialog: 'travels' },
  'travels-thirty': { screen: 'room', facts: () => travelsByTree(30), dialog: 'travels' },
  'look-back': { screen: 'room', facts: () => looksBack('its own'), dialog: 'look-back' },
  'look-back-elsewhere': { screen: 'room', facts: () => looksBack('none'), dialog: 'look-back' },
  'travels-soon': { screen: 'room', facts: notYetMeasured, dialog: 'travels' },
  'travels-direct': { screen: 'room', facts: () => meeting(3, () => ({ seal: 'direct' })), dialog: 'travels' },
  'travels-alone': { screen: 'room', facts: { members: [inCall(ME)], call: { state: 'in' } }, dialog: 'travels' },
  'meeting-moderated': { screen: 'room', facts: gathered, panel: 'people' },
  'meeting-guest': { screen: 'room', facts: () => gathered({ mayModerate: false }), panel: 'people' },
  'meeting-polls': { screen: 'room', facts: gathered, panel: 'people', people: 'polls' },
  'meeting-side-rooms': { screen: 'room', facts: gathered, panel: 'people', people: 'side-rooms' },
  'meeting-welcome': { screen: 'room', facts: gathered, panel: 'people', people: 'welcome' },
  'meeting-in-side-room': { screen: 'room', facts: inSideRoom },
  'meeting-whispering': { screen: 'room', facts: () => looking({ whisperTo: BEN.device, asked: 'mute' }) },
  'meeting-hushed': {
    screen: 'room',
    facts: () =>
      looking({ mayModerate: false, asked: 'mute', people: { [ME.name]: { hushed: { microphone: true, camera: false, screen: true } } } }),
  },
  'meeting-sharing': { screen: 'room', facts: () => lookingAtShare({ sharesWith: [ANN.device, BEN.device] }), dialog: 'share-with' },
  'meeting-waiting': { screen: 'room', facts: () => outside('waiting') },
  'meeting-knocked': { screen: 'room', facts: () => outside('waiting', { welcome: undefined }) },
  'meeting-unheard': { screen: 'room', facts: () => outside('waiting', { welcome: undefined }, 'member') },
  'meeting-locked': { screen: 'room', facts: () => outside('removed', { locked: true }) },
  'meeting-removed': { screen: 'room', facts: () => outside('removed') },
  'look-speaker': { screen: 'room', facts: () => looking({ layout: 'speaker' }) },
  'look-side-by-side': { screen: 'room', facts: () => lookingAtShare({}), layout: 'side-by-side' },
  'look-share': { screen: 'room', facts: () => lookingAtShare({}), layout: 'share' },
  'watch-mine': { screen: 'room', facts: () => watching() },
  'watch-theirs': {
    screen: 'room',
    facts: () =>
      watching(
        {
          overlays: [
            { kind: 'picture', device: ANN.device, corner: 'top-right' },
            { kind: 'banner', text: 'Questions at the end, please' },
          ],
        },
        ANN,
      ),
  },
  'watch-poll': {
    screen: 'room',
    facts: () =>
      watching(
        {
          overlays: [
            { kind: 'split', device: CEM.device },
            { kind: 'poll', poll: 'date' },
          ],
        },
        ANN,
        { mayModerate: false },
      ),
  },
  'watch-beside': { screen: 'room', facts: () => watching({ place: 'beside', isMuted: true }, ANN) },
  'watch-corner': { screen: 'room', facts: () => watching({ place: 'corner' }) },
  'watch-left': { screen: 'room', facts: leftLying },
  'watch-silenced': { screen: 'room', facts: () => ({ ...watching({}, ANN), tools: { follower: 'silenced' as const } }) },
  'watch-failed': { screen: 'room', facts: () => ({ ...watching({}, ANN), tools: { follower: 'failed' as const } }) },
  'doors-none': { screen: 'room', facts: () => looking({}), tool: 'doors' },
  'doors-open': {
    screen: 'room',
    facts: () => ({ ...looking({}), tools: { doors: [doorAt('in', undefined, 'connected'), doorAt('out', 'all', 'connecting')] } }),
    tool: 'doors',
  },
  'doors-failed': {
    screen: 'room',
    facts: () => ({ ...looking({}), tools: { doors: [doorAt('in', undefined, 'failed'), doorAt('out', 'share')] } }),
    tool: 'doors',
  },
  'doors-refused': {
    screen: 'room',
    facts: () => {
      const doors = [doorAt('in', undefined, 'waiting', 'nothing-in-common'), doorAt('out', 'all', 'waiting', 'unreadable')]
      return { ...looking({}), tools: { doors } }
    },
    tool: 'doors',
  },
  'record-may': { screen: 'room', facts: () => looking({}), dialog: 'more', tool: 'record' },
  'record-running': {
    screen: 'room',
    facts: () => recorded(ME, { kind: 'recording', sinceMs: Date.now() - 754_000, bytes: 94_000_000, folder: TODAY }),
    dialog: 'more',
    tool: 'record',
  },
  'record-telling': { screen: 'room', facts: () => recorded(ME, { kind: 'starting' }), dialog: 'more', tool: 'record' },
  'record-saving': { screen: 'room', facts: () => recorded(ME, { kind: 'saving', folder: TODAY }), dialog: 'more', tool: 'record' },
  'record-kept': {
    screen: 'room',
    facts: () => ({ ...looking({}), tools: { recorder: { kind: 'off', folder: TODAY } } }),
    dialog: 'more',
    tool: 'record',
  },
  'record-failed': {
    screen: 'room',
    facts: () => ({
      ...looking({}),
      tools: {
        recorder: {
          kind: 'failed',
          folder: TODAY,
          text: 'This device has no room left, so the recording ended. What was kept before is among the files.',
        },
      },
    }),
    dialog: 'more',
    tool: 'record',
  },
  'record-guest': { screen: 'room', facts: () => recorded(ANN, undefined, false), dialog: 'more', tool: 'record' },
  'record-noted': { screen: 'room', facts: () => recorded(ANN, undefined, false) },
  'effects-on': { screen: 'room', facts: () => changedBy({ kind: 'on' }, { kind: 'on' }), tool: 'effects' },
  'effects-own': {
    screen: 'room',
    facts: () => ({ ...changedBy({ kind: 'on' }, { kind: 'on' }, 'own'), tools: { picture: lake() } }),
    tool: 'effects',
  },
  'effects-starting': { screen: 'room', facts: () => changedBy({ kind: 'starting' }, { kind: 'starting' }), tool: 'effects' },
  'effects-waiting': { screen: 'room', facts: () => changedBy({ kind: 'off' }, { kind: 'off' }), tool: 'effects' },
  'effects-failed': {
    screen: 'room',
    facts: () =>
      changedBy({ kind: 'failed', text: ERROR_SENTENCES['effect-failed'] }, { kind: 'failed', text: ERROR_SENTENCES['effect-dropped'] }),
    tool: 'effects',
  },
  'second-none': { screen: 'room', facts: () => meeting(3), tool: 'companion' },
  'second-code': { screen: 'room', facts: () => ({ ...meeting(3), tools: { companion: { code: '482913' } } }), tool: 'companion' },
  'second-remote': { screen: 'room', facts: () => withTwoDevices(true) },
  'second-screen': { screen: 'room', facts: () => withTwoDevices(true), second: 'screen' },
  'second-paired': { screen: 'room', facts: () => withTwoDevices(true), tool: 'companion' },
  'second-asked': { screen: 'room', facts: () => withTwoDevices(false, { isScreenAsked: true }), panel: 'people' },
  check: { screen: 'room', facts: () => meeting(3), tool: 'check' },
  'float-speaker': { screen: 'float', facts: () => meeting(5) },
  'float-screen': { screen: 'float', facts: () => presentedTo(5) },
  'look-several': { screen: 'room', facts: () => looking({}), large: [ANN, BEN, CEM, RTL], panel: 'people' },
  'look-left-out': { screen: 'room', facts: () => looking({}), large: [ANN], leftOut: [CEM, RTL], dialog: 'look' },
  'look-dialog': { screen: 'room', facts: () => looking({ layout: 'speaker' }), dialog: 'look' },
}

/** Both effects are wished, and this became of them. */
function changedBy(noise: EffectState, background: EffectState, behind: Background = 'blur'): RoomFacts {
  const facts = looking({})
  const isOn = background.kind !== 'off'
  const self = isOn ? ({ microphone: { kind: 'on' }, camera: { kind: 'on' }, cameraTrack: portrait(40), level: 0.5 } as const) : {}
  return {
    ...facts,
    self: { ...facts.self, ...self },
    call: { ...facts.call, effects: { noise: 'on', background: behind, states: { noise, background } } },
  }
}

export function talking(): RoomFacts {
  const [mine, anns, cems] = [portrait(40), portrait(200), portrait(300)]
  const members = [
    inCall(ME),
    inCall(ANN, { camera: true, speaking: true }),
    inCall(BEN, { microphone: false }),
    inCall(CEM, { camera: true }),
    RTL,
  ]
  return {
    members,
    files: FEW_FILES,
    self: { microphone: { kind: 'on' }, camera: { kind: 'on' }, cameraTrack: mine },
    call: { state: 'in', remote: [remote(ANN, anns), remote(CEM, cems)] },
  }
}

function presenting(): RoomFacts {
  const facts = talking()
  const members = facts.members?.map((member) => (member.name === ANN.name ? { ...member, screen: true } : member)) ?? []
  return {
    ...facts,
    members,
    call: { state: 'in', remote: [{ ...remote(ANN, portrait(200)), screen: page() }, remote(CEM, portrait(300))] },
  }
}

function remote(member: typeof ME, camera: MediaStreamTrack | undefined) {
  const nothing = { microphone: undefined, screen: undefined, screenAudio: undefined }
  return { tab: member.tab, seal: 'sealed' as const, through: undefined, camera, ...nothing }
}

const TODAY = 'Recordings/2026-11-21 17.30.00'

function recorded(by: typeof ME, recorder: RecorderState | undefined, mayModerate = true): RoomFacts {
  const people = { [by.name]: { capture: { recording: true, streaming: false } } }
  return { ...looking({ mayModerate, people }), tools: { recorder } }
}
