/** The data channels of a link that a meeting uses, beside the two of `transfer.ts`. */

/** Both sides create it with this id (`negotiated: true`): messages of `meeting.ts`, reliable and in order. */
export const MEETING_CHANNEL = { label: 'meeting', id: 2 } as const

/** Opened by the lower tab id when both are in the call: frames both ways, and the control packets between them. */
export const MEDIA_CHANNEL_LABEL = 'media'
