// A list in a cell → its elements as text: PostgreSQL's array literal (`{a,"b c",NULL}`) or a JSON array.

export function readList(text: string): readonly (string | null)[] {
  if (text.startsWith('[')) {
    const items: unknown = JSON.parse(text)
    if (!Array.isArray(items)) throw new Error(`${text} is no list`)
    return items.map(item => (item === null ? null : typeof item === 'string' ? item : JSON.stringify(item)))
  }
  if (!text.startsWith('{') || !text.endsWith('}')) throw new Error(`${text} is no list`)
  const items: (string | null)[] = []
  let at = 1
  const end = text.length - 1
  while (at < end) {
    const [item, next] = text[at] === '"' ? quotedItem(text, at + 1) : bareItem(text, at, end)
    items.push(item)
    if (next < end && text[next] !== ',') throw new Error(`${text} has no comma at ${next}`)
    at = next + 1
  }
  return items
}

/** From after the opening quote; `\` escapes the next character. */
function quotedItem(text: string, start: number): [string, number] {
  let item = ''
  for (let at = start; at < text.length; at++) {
    if (text[at] === '"') return [item, at + 1]
    if (text[at] === '\\') at++
    item += text[at]
  }
  throw new Error(`${text} has a quote that is never closed`)
}

function bareItem(text: string, start: number, end: number): [string | null, number] {
  const comma = text.indexOf(',', start)
  const stop = comma === -1 ? end : comma
  const item = text.slice(start, stop)
  return [item === 'NULL' ? null : item, stop]
}
