/**
 * What kind of client this is, by what it can do and not by what it calls itself: equal abilities give one id, and what
 * one of them learned holds for all. Of an id nothing is known of the class tells; of a class, nothing but the default.
 */
import { CLIENT_CLASSES, type ClientClass, type Engine } from '../../protocol/balance.ts'
import { fnv1a } from '../../protocol/fnv1a.ts'

export type Abilities = {
  readonly client: ClientClass
  readonly engine: Engine
  /** 0: not known. */
  readonly major: number
  /** Names of codecs it takes, in any order. */
  readonly codecs: readonly string[]
  readonly encodedStreams: boolean
  readonly scriptTransform: boolean
  readonly channelInWorker: boolean
  readonly webCodecs: boolean
}

export type ClientProfile = { readonly id: string; readonly client: ClientClass; readonly engine: Engine; readonly major: number }

export function clientProfile(abilities: Abilities): ClientProfile {
  const { client, engine, major, codecs, encodedStreams, scriptTransform, channelInWorker, webCodecs } = abilities
  const flags = [encodedStreams, scriptTransform, channelInWorker, webCodecs].map(Number).join('')
  const names = [...new Set(codecs.map((name) => name.toLowerCase()))].toSorted().join(',')
  return { id: `${client}-${engine}-${major}-${flags}-${fnv1a(names).toString(36)}`, client, engine, major }
}

/** A class as a profile: what all of its clients learned. */
export function classProfile(client: ClientClass): string {
  return `class-${client}`
}

/** From most particular to most general. */
export function profilesOf({ id, client }: ClientProfile): readonly string[] {
  return [id, classProfile(client)]
}

export function isProfileId(text: string): boolean {
  const [first = '', second = ''] = text.split('-')
  return text.length <= 60 && CLIENT_CLASSES.some((client) => client === (first === 'class' ? second : first))
}
