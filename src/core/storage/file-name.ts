/**
 * A file's name as stored, shown and offered for saving. Names come from other people: they may turn the reading
 * direction to hide an extension, name a folder, or be endless. HTML needs nothing here: views write text, never markup.
 */
import { FILE_NAME_CHARS } from '../../protocol/limits.ts'

/** Controls, bidirectional marks and overrides, zero-width letters, line and paragraph separators, lone surrogates. */
const UNSEEN = /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u206f\ufeff]/gu
/** What separates folders or is special to some file system. */
const SEPARATORS = /[/\\:*?"<>|]/g
/** Longer than this it is no extension, just a dot in a name. */
const EXTENSION_CHARS = 16

const NAMELESS = 'file'

/** Idempotent: a clean name stays as it is, so every tab may clean again. */
export function cleanFileName(name: string): string {
  const visible = name.normalize('NFC').replace(UNSEEN, '').replace(SEPARATORS, '_').trim()
  const cut = cutBeforeExtension(visible)
  return /^[.\s]*$/.test(cut) ? NAMELESS : cut
}

/** Counted in code points, so that no letter is cut in half. */
function cutBeforeExtension(name: string): string {
  const letters = [...name]
  if (letters.length <= FILE_NAME_CHARS) return name
  const dot = letters.lastIndexOf('.')
  const hasExtension = dot > 0 && letters.length - dot <= EXTENSION_CHARS
  const extension = hasExtension ? letters.slice(dot) : []
  return [...letters.slice(0, FILE_NAME_CHARS - extension.length), ...extension].join('').trim()
}

/** Each name of a folder is cleaned like a file's; empty ones and dots fall away, so it names no place on any disk. */
export function cleanFolder(folder: string): string {
  const names = folder.split(/[/\\]/).filter((name) => !/^[.\s]*$/.test(name))
  return cutTo(FOLDER_CHARS, names.map(cleanFileName).join('/'))
}

const FOLDER_CHARS = 1_024

function cutTo(chars: number, text: string): string {
  // `label` counts UTF-16 units; half a letter at the end would not be one.
  return text.length <= chars ? text : text.slice(0, chars).replace(/[\ud800-\udbff]$/, '')
}
