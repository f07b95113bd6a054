/** Words on lines, none longer than fits: broken at spaces, and a word that is too long where it has to be. What does not fit on `most` lines is cut. */
export function wrapLines(text: string, most: number, fits: (line: string) => boolean): readonly string[] {
  const lines = text.split('\n').flatMap((paragraph) => wrapParagraph(paragraph, fits))
  return lines.length <= most ? lines : [...lines.slice(0, most - 1), `${lines[most - 1]}…`]
}

function wrapParagraph(text: string, fits: (line: string) => boolean): readonly string[] {
  const lines: string[] = []
  let line = ''
  const add = (part: string) => {
    if (line !== '' && !fits((line + part).trimEnd())) {
      lines.push(line.trimEnd())
      line = ''
    }
    line += part
  }
  for (const word of text.split(/(?<= )/)) for (const part of fits(word.trimEnd()) ? [word] : word) add(part)
  return [...lines, line.trimEnd()]
}
