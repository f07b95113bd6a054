/**
 * What can go wrong, by name. A code is protocol and keeps its name; its sentence may improve. Sentences say what
 * happened and what to do, in words a neighbour understands; they never hold secrets, addresses or ids.
 */
export const ERROR_SENTENCES = {
  'link-invalid': 'This link is not complete. Ask for it again and copy all of it.',
  'link-wrong-secret': 'This link does not open this room: its secret does not match. Ask for the link again.',
  'room-full': 'This room is full.',
  'relay-unreachable': 'The meeting point cannot be reached. Trying again by itself; people already here stay connected.',
  'tab-unreached':
    'Somebody is here whom this device has not reached yet; perhaps a network in between lets nothing through. Trying again by itself.',
  'wire-newer': 'Someone here uses a newer version. Reload this page to talk to them.',
  'wire-older': 'Someone here uses an older version. They need to reload their page.',
  'proof-refused': 'A stranger tried to come in without the room secret and was turned away.',
  'membership-invalid': 'A membership record with a wrong signature was refused.',
  'role-refused': 'This role cannot be changed by you.',
  'signature-invalid': 'A connection was refused: its signature does not match.',
  'fingerprint-mismatch': 'A connection was refused: its fingerprint was changed on the way.',
  'signal-replayed': 'A connection was refused: an old message was sent again.',
  'signal-misdirected': 'A connection was refused: its message was meant for someone else.',
  'frame-too-large': 'A tab sent more than was agreed and was disconnected.',
  'frame-malformed': 'A tab sent something that cannot be read.',
  'frame-unknown': 'A tab kept sending messages of an unknown kind and was disconnected.',
  flooded: 'A tab sent too much too fast and was disconnected.',
  'credit-exceeded': 'A tab sent data nobody asked for and was disconnected.',
  'block-mismatch': 'A piece of a file did not match its checksum and was fetched again.',
  'block-missing': 'A piece of this file is on no device that is here now. It continues when one comes back.',
  'quota-exceeded': 'This device has no room left. Free some space; nothing already stored was lost.',
  'storage-unavailable': 'This browser does not let the page keep files here. The room works, but this tab stores nothing.',
  'file-invalid': 'This file cannot be added.',
  'file-not-found': 'This file is not in the room.',
  'profile-invalid': 'This is not a way of keeping files that the room knows.',
  'manifest-invalid': 'The description of this file does not open or does not add up. Nothing of it was used.',
  aborted: 'Stopped.',
  'device-denied': 'The browser was told not to allow this. Allow it in the address bar, or go on without.',
  'device-missing': 'No camera or microphone was found. Plug one in, or go on without.',
  'device-lost': 'Your camera or microphone is no longer there. It goes on by itself when it is plugged in again.',
  'device-replaced': 'Your microphone is no longer there: another one hears you now.',
  'device-busy': 'Another program is using it. Close that program, or go on without.',
  'device-failed': 'The camera or microphone could not be started. Try again, or go on without.',
  'device-unsendable': 'This camera gives pictures that cannot be sent. Choose another one.',
  'effect-failed': 'Your sound and picture go out as they are: this could not be started. Try again, or go on without.',
  'effect-dropped': 'What is behind you shows again: this device could not keep up with it.',
  'browser-lacking': 'This browser cannot do this. Chrome and Edge can.',
  left: 'You have left this room.',
} as const satisfies Record<string, string>

export type RoomErrorCode = keyof typeof ERROR_SENTENCES

/** A failure of the world. `message` is for people, `detail` for the console. */
export class RoomError extends Error {
  override readonly name = 'RoomError'
  readonly code: RoomErrorCode
  readonly detail: string

  constructor(code: RoomErrorCode, detail = '', options?: { cause?: unknown }) {
    super(ERROR_SENTENCES[code], options)
    this.code = code
    this.detail = detail
  }
}

/** A bug is an assertion that nobody catches. */
export function assert(condition: unknown, claim: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${claim}`)
}
