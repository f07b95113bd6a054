/**
 * HTTP Range of a file (RFC 9110, section 14). One range is understood; several, or a unit we do not know, are ignored
 * and the whole file is sent, as the RFC allows. Safari probes with `bytes=0-1` and plays only if that is answered 206.
 */
export type ByteRange =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly offset: number; readonly length: number }
  | { readonly kind: 'unsatisfiable' }

export function parseRange(header: string | null, fileBytes: number): ByteRange {
  const match = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header ?? '')
  const [, first = '', last = ''] = match ?? []
  if (match === null || (first === '' && last === '')) return { kind: 'whole' }
  if (first === '') {
    const length = Math.min(Number(last), fileBytes)
    return length === 0 ? { kind: 'unsatisfiable' } : { kind: 'part', offset: fileBytes - length, length }
  }
  const offset = Number(first)
  const end = last === '' ? fileBytes - 1 : Math.min(Number(last), fileBytes - 1)
  if (last !== '' && Number(last) < offset) return { kind: 'whole' }
  return offset >= fileBytes ? { kind: 'unsatisfiable' } : { kind: 'part', offset, length: end - offset + 1 }
}

export type Slice<T> = { readonly item: T; readonly offset: number; readonly length: number }

/** Which of the items, laid end to end, a range touches, and which bytes of each. */
export function slicesOf<T extends { readonly bytes: number }>(items: Iterable<T>, offset: number, length: number): Slice<T>[] {
  const slices: Slice<T>[] = []
  const end = offset + length
  let at = 0
  for (const item of items) {
    const from = Math.max(offset, at)
    const to = Math.min(end, at + item.bytes)
    if (from < to) slices.push({ item, offset: from - at, length: to - from })
    at += item.bytes
    if (at >= end) break
  }
  return slices
}
