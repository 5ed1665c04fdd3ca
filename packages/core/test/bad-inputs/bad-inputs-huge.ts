// Inputs of any number of megabytes, made as they are read, in chunks whose sizes come from a seed.

const megabyte = 1024 * 1024

const frames = {
  'a line': { format: 'ndjson', before: '{"id":1}\n{"id":2,"name":"', filler: 'x', after: '"}\n{"id":3}\n' },
  'a text in an array': {
    format: 'json',
    before: '[{"id":1},{"id":2,"name":"',
    filler: 'x',
    after: '"},{"id":3}]',
  },
  'white space before an element': { format: 'json', before: '[{"id":1},', filler: ' ', after: '{"id":3}]' },
  'white space before an array': { format: 'json', before: '', filler: '\n', after: '[{"id":1},{"id":3}]' },
  'a cell': { format: 'csv', before: 'id,name\n1,\n2,"', filler: 'x', after: '"\n3,\n' },
  'a name in a header': { format: 'csv', before: 'id,', filler: 'x', after: '\n1,a\n' },
  'opening brackets': { format: 'json', before: '', filler: '[', after: '' },
} as const

export type HugeName = keyof typeof frames

export function huge(name: HugeName, megabytes: number, seed = 1) {
  const { format, before, filler, after } = frames[name]
  return { format, chunks: chunksOf(before, filler, after, megabytes, seed) }
}

function* chunksOf(before: string, filler: string, after: string, megabytes: number, seed: number) {
  yield Buffer.from(before)
  const page = Buffer.alloc(128 * 1024, filler)
  let state = seed
  for (let left = Math.round(megabytes * megabyte); left > 0; ) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    const size = Math.min(left, 1 + (state % page.length))
    yield page.subarray(0, size)
    left -= size
  }
  yield Buffer.from(after)
}

/** A buffer in chunks whose sizes come from a seed. */
export function* cut(bytes: Buffer, seed: number): Generator<Buffer> {
  let state = seed
  for (let at = 0; at < bytes.length; ) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    const size = 1 + (state % 70_000)
    yield bytes.subarray(at, at + size)
    at += size
  }
}
