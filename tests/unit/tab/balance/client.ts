import { clientProfile } from '../../../../src/core/balance/client-profile.ts'

/** A browser that can do everything. */
export const CLIENT = clientProfile({
  client: 'tab',
  engine: 'chromium',
  major: 156,
  codecs: [],
  encodedStreams: true,
  scriptTransform: true,
  channelInWorker: true,
  webCodecs: true,
})
