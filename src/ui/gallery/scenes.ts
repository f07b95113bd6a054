/** Every screen in every state worth looking at, by name. Tests walk this list, so a new state is tested as soon as it stands here. */
import type { ChatMessage, FileStat, MediaDevice, RecentRoom } from '../../ports/asterism.ts'
import type { FileId, RoomId } from '../../protocol/ids.ts'
import type { Updates } from '../context.ts'
import { CALL_SCENES, talking } from './call-scenes.ts'
import { fakeRoom, LINK, type RoomFacts, WORDS } from './fixtures/fake-room.ts'
import { BINNED, copyOn, EVERY_SAFETY, EVERY_STATE, FEW_FILES, file, IN_FOLDERS, KEPT_FOR, manyFiles } from './fixtures/files.ts'
import { addedFolder, brokenFolder, seekingFolder } from './fixtures/folders.ts'
import { ANN, BEN, CEM, crowd, HTML, inCall, LONG, ME, MY_OTHER_TAB, RTL } from './fixtures/people.ts'
import { portrait } from './fixtures/pictures.ts'
import { chatAside, looking, WELCOME, withChatFiles } from './fixtures/sessions.ts'
import type { Scene } from './scene.ts'

const NOON_MS = Date.UTC(2026, 10, 20, 12)
const DEVICES: readonly MediaDevice[] = [
  { kind: 'microphone', id: 'a', label: 'Built-in microphone' },
  { kind: 'microphone', id: 'b', label: 'Headset' },
  { kind: 'camera', id: 'c', label: 'Built-in camera' },
  { kind: 'speaker', id: 'd', label: 'Headset' },
]
const MESSAGES: readonly ChatMessage[] = [
  message(ANN, 'Is the film in already?', 0),
  message(BEN, 'It is. 1.4 GB, about a minute for me.\nNoor has it whole.', 1),
  message(ME, 'You can start it before it is all there.', 2, true),
  message(RTL, 'שלום! اهلا', 3),
  message(HTML, '<b>not bold</b> https://example.org/a/very/long/address/that/has/to/break/somewhere/so/that/nothing/scrolls/sideways', 4),
]
const ONLY_ME = {} satisfies RoomFacts
const FOUR = { members: [ME, ANN, BEN, CEM], files: FEW_FILES } satisfies RoomFacts
const NOTES = file('garden notes.md', 90_000, [copyOn(ME), copyOn(ANN)], { kind: 'held' }, 'text/markdown')
const READY: Updates = { needRefresh: true, reload: () => undefined, subscribe: () => () => undefined }

function message(from: typeof ME, text: string, minute: number, isMe = false): ChatMessage {
  const place = { kind: 'room' } as const
  return { id: String(minute), from: from.device, name: from.name, isMe, text, atMs: NOON_MS + minute * 400_000, place, lacking: [] }
}

function room(id: string, words: readonly string[], hue: number, hoursAgo: number): RecentRoom {
  return { id: id as RoomId, link: LINK, words, hue, visitedAtMs: Date.now() - hoursAgo * 3_600_000 }
}

/** The page of one of `EVERY_SAFETY`, with figures of its own. */
function fileScene(name: string, figures: Partial<FileStat>): Scene {
  const id = `/${name}` as FileId
  return {
    screen: 'room',
    facts: { members: [ME, ANN, BEN], files: EVERY_SAFETY, stats: { [id]: figures } },
    panel: 'files',
    files: { details: id },
  }
}

export const SCENES: Readonly<Record<string, Scene>> = {
  ...CALL_SCENES,
  landing: { screen: 'landing' },
  'landing-recent': {
    screen: 'landing',
    recent: [
      room('a', WORDS, 168, 0.2),
      room('b', ['amber', 'kite', 'snow', 'drum'], 285, 20),
      room('c', ['fig', 'lantern', 'oak', 'wave'], 95, 80),
    ],
  },
  'door-opening': { screen: 'door' },
  'door-alone': { screen: 'door', facts: ONLY_ME },
  'door-others': { screen: 'door', facts: { members: [ME, ANN, BEN, CEM] } },
  'door-welcome': {
    screen: 'door',
    facts: {
      members: [ME, inCall(ANN)],
      files: FEW_FILES,
      pictureUrl: './icon-512.png',
      session: { mayModerate: false, lobby: true, welcome: WELCOME },
    },
  },
  'door-preview': {
    screen: 'door',
    facts: () => ({
      members: [ME, ANN],
      self: { microphone: { kind: 'on' }, camera: { kind: 'on' }, cameraTrack: portrait(40), level: 0.5 },
      call: { devices: DEVICES },
    }),
  },
  'door-refused': {
    screen: 'door',
    facts: {
      members: [ME, ANN],
      self: {
        camera: {
          kind: 'failed',
          code: 'device-denied',
          text: 'The browser was told not to allow this. Allow it in the address bar, or go on without.',
        },
      },
    },
  },
  'room-first': { screen: 'room', facts: ONLY_ME },
  'room-second-tab': { screen: 'room', facts: { members: [ME, MY_OTHER_TAB] } },
  'room-four': { screen: 'room', facts: FOUR },
  'room-odd-names': { screen: 'room', facts: { members: [ME, RTL, LONG, HTML, ANN, inCall(BEN)], files: FEW_FILES } },
  'room-crowd': { screen: 'room', facts: { members: [ME, ...crowd(27)], files: FEW_FILES, hue: 320 } },
  'files-empty': { screen: 'room', facts: { members: [ME, ANN] }, panel: 'files' },
  'files-every-state': {
    screen: 'room',
    facts: { members: [ME, ANN, BEN], files: EVERY_STATE, status: { storage: 'may-be-evicted' } },
    panel: 'files',
  },
  'files-every-safety': { screen: 'room', facts: { members: [ME, ANN, BEN], files: EVERY_SAFETY }, panel: 'files' },
  'files-folders': { screen: 'room', facts: { members: [ME, ANN, BEN], files: IN_FOLDERS }, panel: 'files' },
  'files-in-folder': {
    screen: 'room',
    facts: { members: [ME, ANN, BEN], files: IN_FOLDERS },
    panel: 'files',
    files: { folder: 'Trip to the lake/Day 2' },
  },
  'files-found': { screen: 'room', facts: { members: [ME, ANN, BEN], files: IN_FOLDERS }, panel: 'files', files: { query: 'song' } },
  'files-adding-folder': {
    screen: 'room',
    facts: { members: [ME, ANN], files: FEW_FILES },
    panel: 'files',
    prepare(list) {
      list.isSecret = true
      addedFolder(list)
    },
  },
  'files-looking-through': { screen: 'room', facts: { members: [ME, ANN], files: FEW_FILES }, panel: 'files', prepare: seekingFolder },
  'files-folder-failed': { screen: 'room', facts: { members: [ME, ANN], files: FEW_FILES }, panel: 'files', prepare: brokenFolder },
  'files-choosing': {
    screen: 'room',
    facts: { members: [ME, ANN, BEN], files: IN_FOLDERS },
    panel: 'files',
    files: { isChoosing: true },
    chosen: FEW_FILES.slice(0, 2).map(({ id }) => id),
  },
  'files-saving': {
    screen: 'room',
    facts: { members: [ME, ANN, BEN], files: FEW_FILES, isSlow: true },
    panel: 'files',
    prepare: (list) => void list.saves.zip(FEW_FILES, 'Trip to the lake'),
  },
  'files-removed': {
    screen: 'room',
    facts: { members: [ME, ANN, BEN], files: FEW_FILES },
    panel: 'files',
    prepare: (list) => list.remove(FEW_FILES.slice(1, 2)),
  },
  bin: { screen: 'room', facts: { ...FOUR, bin: BINNED }, panel: 'files', files: { view: 'bin' } },
  'bin-empty': { screen: 'room', facts: FOUR, panel: 'files', files: { view: 'bin' } },
  storage: { screen: 'room', facts: { ...FOUR, storage: { keptFor: KEPT_FOR } }, panel: 'files', files: { view: 'device' } },
  'storage-over': {
    screen: 'room',
    facts: { ...FOUR, storage: { keptFor: KEPT_FOR, quotaBytes: 2e9, persisted: false } },
    panel: 'files',
    files: { view: 'device' },
  },
  'storage-empty': {
    screen: 'room',
    facts: { ...FOUR, status: { storage: 'memory-only' }, storage: { keptBytes: 0, markedBytes: 0, browserQuotaBytes: 0 } },
    panel: 'files',
    files: { view: 'device' },
  },
  'file-spread': fileScene('street party.mp4', { k: 4, rows: 8, overhead: 2.1, availability: 0.9993, durability: 0.99996 }),
  'file-at-risk': fileScene('two of us.jpg', {
    availability: 0.9731,
    durability: 0.9942,
    bound: { availability: 0.9731, remedy: 'One more device that is here most of the day would bring it to 99.9 %.' },
    warnings: ['Fewer than three devices hold it.', 'All its devices are in one network: a power cut there would put it to sleep.'],
  }),
  'file-by-disks': fileScene('raid five.tar', { profile: 'raid5', k: 4, rows: 5, overhead: 1.25, availability: 0.986, durability: 0.9987 }),
  'file-by-copies': fileScene('club accounts.ods', { profile: 'raid1(3)' }),
  'file-lost': fileScene('old backup.zip', { k: 4, rows: 7, availability: 0, durability: 0, overhead: 0.25 }),
  'file-fetching': {
    screen: 'room',
    facts: { members: [ME, ANN, BEN], files: EVERY_STATE },
    panel: 'files',
    files: { details: '/film night.mkv' as FileId },
  },
  'look-at-text': {
    screen: 'room',
    facts: { members: [ME, ANN], files: [NOTES], text: 'Watering rota: Ann on Monday, Ben on Tuesday.\n'.repeat(40) },
    panel: 'files',
    files: { preview: NOTES.id },
  },
  'look-at-picture': {
    screen: 'room',
    facts: { members: [ME, ANN], files: FEW_FILES, pictureUrl: './icon-512.png' },
    panel: 'files',
    files: { preview: '/garden plan.png' as FileId },
  },
  'look-broken': { screen: 'room', facts: FOUR, panel: 'files', files: { preview: '/Sunday hike.mp4' as FileId } },
  'files-ten-thousand': { screen: 'room', facts: () => ({ members: [ME, ANN], files: manyFiles(10_000) }), panel: 'files' },
  'chat-empty': { screen: 'room', facts: FOUR, panel: 'chat' },
  chat: { screen: 'room', facts: { ...FOUR, ...withChatFiles(MESSAGES) }, panel: 'chat' },
  'chat-side-room': { screen: 'room', facts: () => chatAside(MESSAGES), panel: 'chat' },
  'chat-side-room-alone': { screen: 'room', facts: () => chatAside([], {}), panel: 'chat' },
  'chat-whispering': { screen: 'room', facts: () => ({ ...looking({ whisperTo: BEN.device }), messages: MESSAGES }), panel: 'chat' },
  share: { screen: 'room', facts: FOUR, dialog: 'share' },
  people: { screen: 'room', facts: { members: [ME, MY_OTHER_TAB, ANN, BEN, LONG, HTML] }, panel: 'people' },
  you: { screen: 'room', facts: { ...FOUR, call: { devices: DEVICES } }, dialog: 'me' },
  help: { screen: 'room', facts: FOUR, dialog: 'help' },
  'relay-away': { screen: 'room', facts: { ...FOUR, status: { relay: 'unreachable' } } },
  'memory-only': { screen: 'room', facts: { ...FOUR, status: { storage: 'memory-only' } } },
  notices: {
    screen: 'room',
    facts: {
      ...FOUR,
      notices: [
        { id: '1', code: 'block-mismatch', text: 'A piece of a file did not match its checksum and was fetched again.', atMs: NOON_MS },
        { id: '2', code: 'wire-newer', text: 'Someone here uses a newer version. Reload this page to talk to them.', atMs: NOON_MS },
      ],
    },
  },
  update: { screen: 'room', facts: FOUR, updates: READY },
  'update-in-call': { screen: 'room', facts: talking, updates: READY },
  left: { screen: 'left' },
  opening: { screen: 'opening' },
  'bad-link': { screen: 'failed', sentence: 'This link is not complete. Ask for it again and copy all of it.', isLinkBad: true },
  'not-loaded': {
    screen: 'failed',
    sentence: 'Asterism could not be loaded. Check the connection and try again; nothing is lost.',
    isLinkBad: false,
  },
  parts: { screen: 'parts' },
}

export function roomOf(facts: RoomFacts | (() => RoomFacts)) {
  return fakeRoom(typeof facts === 'function' ? facts() : facts)
}
