/**
 * How long a decoder that broke rests before it is made anew: each one made costs this tab what ten frames cost, and a source
 * that sends poison would have it made with every frame. Longer each time, until it has decoded for a while.
 */
export type DecoderRest = {
  readonly failures: number
  /** Pictures since the last failure. */
  readonly decoded: number
  readonly untilMs: number
}

export const RESTED: DecoderRest = { failures: 0, decoded: 0, untilMs: Number.NEGATIVE_INFINITY }

const REST_MS = 250
const REST_MAX_MS = 16_000
/** Two to four seconds of a picture: poison that lets some frames through counts as poison. */
const WELL_AFTER = 60

/** The first time it begins again at once: a frame may be broken by chance. */
export function restAfterFailure({ failures }: DecoderRest, nowMs: number): DecoderRest {
  const restMs = failures === 0 ? 0 : Math.min(REST_MAX_MS, REST_MS * 2 ** (failures - 1))
  return { failures: failures + 1, decoded: 0, untilMs: nowMs + restMs }
}

export function noteDecoded(rest: DecoderRest): DecoderRest {
  if (rest.failures === 0) return rest
  return rest.decoded + 1 >= WELL_AFTER ? RESTED : { ...rest, decoded: rest.decoded + 1 }
}
