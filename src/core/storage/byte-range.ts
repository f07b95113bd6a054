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
