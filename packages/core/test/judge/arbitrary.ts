// Random files of a world: most records are good, and some repeat keys, break rules of fields, or are no records at all.
import fc from 'fast-check'
import type { FileFormat } from './render.ts'
import { type Cell, type Cells, type Column, type FileRecord, inputsOf, type World } from './world.ts'

type SomeCells = Readonly<Record<string, Cell | undefined>>

/** One record of a file of about this many. */
export function recordOf(world: World, records: number): fc.Arbitrary<FileRecord> {
  const cells = fc.record(
    Object.fromEntries(inputsOf(world).map(column => [column.name, cellOf(column, records)])),
  )
  return fc
    .record({
      cells,
      // A file in which every record has a fault would never get to the rest.
      spoilers: rarely(9, fc.array(spoilerOf(world), { minLength: 1, maxLength: 2 })),
      broken: rarely(40, fc.nat(5)),
      blankBefore: rarely(20, fc.constant(true)),
    })
    .map(({ cells, spoilers, ...rest }) => ({
      cells: spoil(saidOnce(world, cells), spoilers ?? []),
      ...rest,
    }))
}

/** True in one of this many cases. Shrinks to never. */
export function rarely<Value>(
  times: number,
  arbitrary: fc.Arbitrary<Value>,
): fc.Arbitrary<Value | undefined> {
  return fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })
}

/** Of 20 records, these many are null or lack the field, and the others have a value. Shrinks to a value. */
function cellOf({ pool, nulls = 0, absences = 0 }: Column, records: number): fc.Arbitrary<Cell | undefined> {
  const value = fc.constantFrom(...pool(records)).map(text => ({ value: text }))
  return fc.oneof(
    { weight: 20 - nulls - absences, arbitrary: value },
    { weight: nulls, arbitrary: fc.constant({ value: null }) },
    { weight: absences, arbitrary: fc.constant(undefined) },
  )
}

/** A record identifies a row by its id or by its name; a record with both has a separate test. */
function saidOnce({ standIns = [] }: World, cells: SomeCells): SomeCells {
  const named = standIns.filter(({ column }) => cells[column.name] !== undefined)
  return { ...cells, ...Object.fromEntries(named.map(({ standsFor }) => [standsFor, undefined])) }
}

interface Spoiler {
  readonly name: string
  readonly cell: Cell | undefined
}

/** A value that its field refuses, or a required field that is missing in one of three ways. */
function spoilerOf(world: World): fc.Arbitrary<Spoiler> {
  const missing: readonly (Cell | undefined)[] = [undefined, { value: null }, { value: '' }]
  return fc.constantFrom(...inputsOf(world)).chain(({ name, required, kind }) => {
    const faults = fc.nat(5).map(fault => ({ name, cell: { fault } }))
    if (required === undefined) return faults
    const ways = kind === 'text' ? missing : missing.slice(0, 2)
    return fc.oneof(
      faults,
      fc.constantFrom(...ways).map(cell => ({ name, cell })),
    )
  })
}

function spoil(cells: SomeCells, spoilers: readonly Spoiler[]): Cells {
  return withoutAbsent({ ...cells, ...Object.fromEntries(spoilers.map(({ name, cell }) => [name, cell])) })
}

function withoutAbsent(cells: SomeCells): Cells {
  return Object.fromEntries(
    Object.entries(cells).flatMap(([name, cell]) => (cell === undefined ? [] : [[name, cell]])),
  )
}

/** The same records, without what a stand-in for the table cannot judge. */
export function withoutUnseen({ unseen = {} }: World, records: readonly FileRecord[]): readonly FileRecord[] {
  const isUnseen = (name: string, cell: Cell) =>
    name in unseen && 'value' in cell && (unseen[name] === 'any' || unseen[name] === cell.value)
  return records.map(record => {
    const cells = Object.entries(record.cells).filter(([name, cell]) => !isUnseen(name, cell))
    return { ...record, cells: Object.fromEntries(cells) }
  })
}

/** How the file is written. A CSV file has all required columns, and some of the others, in any order. */
export function formatOf(world: World): fc.Arbitrary<FileFormat> {
  const columns = inputsOf(world)
  // A name without the id that it stands for would leave open whether an empty cell is null.
  const needed = new Set([
    ...columns.filter(column => column.required).map(({ name }) => name),
    ...(world.standIns ?? []).map(({ standsFor }) => standsFor),
  ])
  const required = columns.map(({ name }) => name).filter(name => needed.has(name))
  const optional = columns.map(({ name }) => name).filter(name => !needed.has(name))
  const header = fc
    .shuffledSubarray(optional, { minLength: Math.ceil(optional.length / 2) })
    .chain(some => fc.shuffledSubarray([...required, ...some], { minLength: required.length + some.length }))
  const csv = fc.record({
    name: fc.constant('csv' as const),
    header: fc.oneof(fc.constant(columns.map(({ name }) => name)), header),
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    isDeclared: fc.boolean(),
    lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
  })
  return fc.oneof(csv, fc.constant({ name: 'ndjson' as const }), fc.constant({ name: 'json' as const }))
}

/** Where the bytes of a file are cut: sizes of chunks, taken in turn. */
export const chunkSizes: fc.Arbitrary<readonly number[]> = fc.oneof(
  fc.constant([1_000_000]),
  fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 8 }),
  fc.constant([1]),
)

export async function* cut(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? bytes.length
    yield bytes.subarray(at, at + size)
    at += size
  }
}
