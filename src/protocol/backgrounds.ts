/** What may stand behind a person: as it is, blurred, one of those that are painted, or a picture of one's own. Names are kept on devices. */
export const BACKDROP_NAMES = ['daylight', 'dusk', 'forest', 'slate'] as const
export type BackdropName = (typeof BACKDROP_NAMES)[number]

export const BACKGROUNDS = ['none', 'blur', ...BACKDROP_NAMES, 'own'] as const
export type Background = (typeof BACKGROUNDS)[number]
