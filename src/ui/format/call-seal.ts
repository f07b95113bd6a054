/** Who can see and hear a call, in words a neighbour understands. Nothing here is an alarm: every state named is a safe one. */
import type { Member, RemoteMedia, Seal } from '../../ports/asterism.ts'

type Sealed = Pick<RemoteMedia, 'seal'>

/** The short words stand in the bar; the rest follows them where there is room. Undefined: there is nobody to be sealed from yet. */
export function sealWords(remote: readonly Sealed[]): { readonly short: string; readonly rest: string } | undefined {
  if (remote.length === 0) return undefined
  const isPlain = remote.every(({ seal }) => seal === 'direct')
  return {
    short: isPlain ? 'Encrypted end to end' : 'Sealed end to end',
    rest: 'only people in this call can see and hear it',
  }
}

/** What a tile says when it is not as the others are; `isMixed`: somebody in the call is sealed, so that "direct" tells a difference. */
export function sealPhrase(
  seal: Seal | undefined,
  sends: Pick<Member, 'microphone' | 'camera' | 'screen'>,
  isMixed: boolean,
): 'Unlocking picture' | 'Unlocking voice' | 'Direct' | '' {
  if (seal === 'opening') return sends.camera || sends.screen ? 'Unlocking picture' : sends.microphone ? 'Unlocking voice' : ''
  return seal === 'direct' && isMixed ? 'Direct' : ''
}

/** For who asks on a tile how its picture gets here. */
export function tileDetails(seal: Seal | undefined, through: string | undefined): string {
  const sealed = {
    sealed: 'Sealed end to end.',
    opening: 'The key to this picture is on its way.',
    direct: 'This browser knows direct connections only: encrypted between the two of you, and nobody is in between.',
  }
  const parts = [seal === undefined ? '' : sealed[seal], through === undefined ? '' : `The picture comes through ${through}, still sealed.`]
  return parts.filter((part) => part !== '').join(' ')
}
