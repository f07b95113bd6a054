/** What a file is, as far as its type and its name tell: for its sign, and for what this page dares to show itself. */
export type FileKind = 'image' | 'video' | 'audio' | 'text' | 'archive' | 'other'

const TEXT_TYPES = /^(text\/(?!html)|application\/(json|xml|yaml|toml|javascript|sql|x-sh)\b)/
const TEXT_ENDINGS = /\.(txt|md|csv|tsv|log|json|ya?ml|toml|ini|srt|vtt|xml|css|js|ts|py|rs|go|c|h|sh|sql|tex)$/i
const ARCHIVES = /(zip|tar|gzip|x-7z|x-rar|zstd|x-bzip2?|iso9660-image|x-xz)/
const ARCHIVE_ENDINGS = /\.(zip|tar|t?gz|7z|rar|zst|bz2|iso|xz|car)$/i

export function fileKind(type: string, name: string): FileKind {
  const kind = type.split('/', 1)[0]
  if (kind === 'video' || kind === 'audio' || kind === 'image') return kind
  if (TEXT_TYPES.test(type) || (isUntold(type) && TEXT_ENDINGS.test(name))) return 'text'
  if (ARCHIVES.test(type) || (isUntold(type) && ARCHIVE_ENDINGS.test(name))) return 'archive'
  return 'other'
}

function isUntold(type: string): boolean {
  return type === '' || type === 'application/octet-stream'
}

export type PreviewKind = 'video' | 'audio' | 'image' | 'text'

/** What this page shows itself; everything else opens in a tab of its own. SVG is a program in disguise and never shown here. */
export function previewKind(type: string, name: string): PreviewKind | undefined {
  if (type.startsWith('image/svg')) return undefined
  const kind = fileKind(type, name)
  return kind === 'archive' || kind === 'other' ? undefined : kind
}

const TAB_TYPES = /^(image\/svg|text\/html|application\/(pdf|xhtml))/
const TAB_ENDINGS = /\.(pdf|svg|x?html?)$/i

/** What a browser shows in a tab of its own; anything else it would only save. */
export function opensInTab(type: string, name: string): boolean {
  return TAB_TYPES.test(type) || (isUntold(type) && TAB_ENDINGS.test(name))
}
