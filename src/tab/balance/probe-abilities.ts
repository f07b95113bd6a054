/** What this browser can do, looked at and not believed by its name; the name and version are told beside it, for counters alone. */
import type { Abilities } from '../../core/balance/client-profile.ts'
import type { ClientClass, Engine } from '../../protocol/balance.ts'
import { hasEncodedStreams } from '../link/encoded-streams.ts'

export function probeAbilities(): Abilities {
  const kinds = ['video', 'audio'] as const
  const codecs = kinds.flatMap((kind) => RTCRtpReceiver.getCapabilities(kind)?.codecs ?? []).map(({ mimeType }) => mimeType)
  return {
    client: clientClass(),
    ...engineOf(navigator.userAgent),
    codecs,
    encodedStreams: hasEncodedStreams(),
    scriptTransform: 'RTCRtpScriptTransform' in globalThis,
    channelInWorker: isTransferable(),
    webCodecs: 'VideoEncoder' in globalThis && 'VideoDecoder' in globalThis,
  }
}

export function engineOf(userAgent: string): { readonly engine: Engine; readonly major: number } {
  const known: readonly (readonly [Engine, RegExp])[] = [
    ['gecko', /Firefox\/(\d{1,4})/],
    ['chromium', /(?:Chrome|Chromium)\/(\d{1,4})/],
    ['webkit', /Version\/(\d{1,4})[\d.]* (?:Mobile\/\S+ )?Safari/],
  ]
  for (const [engine, pattern] of known) {
    const major = pattern.exec(userAgent)?.[1]
    if (major !== undefined) return { engine, major: Number(major) }
  }
  return { engine: 'other', major: 0 }
}

export function clientClass(): ClientClass {
  if (globalThis.top !== globalThis.self) return 'widget'
  return matchMedia('(display-mode: standalone)').matches ? 'pwa' : 'tab'
}

/** A channel that was never used can be given away; the only way to know is to do it. */
function isTransferable(): boolean {
  const connection = new RTCPeerConnection()
  const { port1, port2 } = new MessageChannel()
  try {
    const channel = connection.createDataChannel('')
    port1.postMessage(channel, [channel as unknown as Transferable])
    return true
  } catch {
    return false
  } finally {
    port1.close()
    port2.close()
    connection.close()
  }
}
