/** A number from text, equal on every device: for dealing turns and places out evenly, not for secrets. */
export function stableHash(first: string, second: string): number {
  let hash = 0x811c9dc5
  for (let n = 0; n < first.length; n++) hash = Math.imul(hash ^ first.charCodeAt(n), 0x01000193)
  for (let n = 0; n < second.length; n++) hash = Math.imul(hash ^ second.charCodeAt(n), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
