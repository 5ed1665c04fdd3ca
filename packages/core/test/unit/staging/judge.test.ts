// judge: which rows are rejected for what, in files written by hand.
import { describe, expect, test } from 'vitest'
import type { TargetReference } from '../../../src/engine/catalogue/target.ts'
import type { MergeChecks } from '../../../src/engine/staging/merge/classify-sql.ts'
import type { CheckedKey } from '../../../src/engine/staging/merge/compare-sql.ts'
import { judge, type Suspect, type Verdict } from '../../../src/engine/staging/merge/judge.ts'

// Of keys and references the judge reads the names of columns only.
const key = (...names: string[]) =>
  ({ columns: names.map(name => ({ info: { name } })) }) as unknown as CheckedKey
const reference = (column: string, isSelf: boolean) =>
  ({ isSelf, reference: { column } }) as unknown as TargetReference

const idAndEmail: MergeChecks = { keys: [key('id'), key('email')], references: [] }
const tree: MergeChecks = { keys: [key('id')], references: [reference('id', true)] }

const rejectedBy = (questions: MergeChecks, suspects: Suspect[], barred: number[] = []) =>
  Object.fromEntries(judge(questions, suspects, new Set(barred)))
const duplicate = (index: number, twin: number | null): Verdict => ({ rule: 'key', index, twin })
const missing = (index: number): Verdict => ({ rule: 'reference', index })

describe('keys', () => {
  /** Group and taken of both keys. */
  const row = (
    number: number,
    id: number | null,
    email: number | null,
    idTaken = false,
    emailTaken = false,
  ): Suspect => ({
    row: number,
    group_0: id,
    taken_0: idTaken,
    group_1: email,
    taken_1: emailTaken,
  })

  test('without suspects, no row is rejected', () => {
    expect(rejectedBy(idAndEmail, [])).toEqual({})
  })

  test('the first of a group stays, later ones name it', () => {
    expect(rejectedBy(idAndEmail, [row(4, 1, 4), row(7, 1, 7)])).toEqual({
      4: [duplicate(0, 1)],
      7: [duplicate(0, 1)],
    })
  })

  test('an existing row makes a duplicate of no row of the file', () => {
    expect(rejectedBy(idAndEmail, [row(1, 1, 1, true), row(2, 1, 2, true)])).toEqual({
      1: [duplicate(0, null)],
      2: [duplicate(0, null)],
    })
  })

  test('a rejected row blocks no other: the next of its group is imported, and blocks', () => {
    // Row 1 has a taken e-mail address, and row 2 its id; row 3 has that id again.
    expect(rejectedBy(idAndEmail, [row(1, 1, 1, false, true), row(2, 1, 2), row(3, 1, 3)])).toEqual({
      1: [duplicate(1, null)],
      3: [duplicate(0, 2)],
    })
  })

  test('a row may be a duplicate by two keys, of two rows', () => {
    expect(rejectedBy(idAndEmail, [row(2, 0, 1)])).toEqual({ 2: [duplicate(0, 0), duplicate(1, 1)] })
  })

  test('by one key of a row in the file, by the other of the table', () => {
    expect(rejectedBy(idAndEmail, [row(2, 0, 2, false, true)])).toEqual({
      2: [duplicate(0, 0), duplicate(1, null)],
    })
  })

  test('a chain over two keys: 1 blocks 2 by id, so 3 is imported with the e-mail address of 2', () => {
    expect(rejectedBy(idAndEmail, [row(2, 1, 2), row(3, 3, 2), row(4, 3, 4)])).toEqual({
      2: [duplicate(0, 1)],
      4: [duplicate(0, 3)],
    })
  })

  test('rows without the key are in no group', () => {
    expect(rejectedBy(idAndEmail, [row(1, null, 0), row(2, null, 2, false, true)])).toEqual({
      1: [duplicate(1, 0)],
      2: [duplicate(1, null)],
    })
  })

  test('a barred row blocks no other, whether it is a suspect or not', () => {
    expect(rejectedBy(idAndEmail, [row(2, 1, 2), row(3, 1, 3)], [1])).toEqual({ 3: [duplicate(0, 2)] })
    expect(rejectedBy(idAndEmail, [row(2, 1, 2), row(3, 2, 2)], [2])).toEqual({ 2: [duplicate(0, 1)] })
  })
})

describe('references into the table itself', () => {
  const row = (number: number, maker: number | null, group = number, isTaken = false): Suspect => ({
    row: number,
    group_0: group,
    taken_0: isTaken,
    missing_0: true,
    maker_0: maker,
  })

  test('to an earlier row are valid', () => {
    expect(rejectedBy(tree, [row(2, 1), row(3, 2), row(4, 3)])).toEqual({})
  })

  test('to a row that does not exist are missing', () => {
    expect(rejectedBy(tree, [row(2, null)])).toEqual({ 2: [missing(0)] })
  })

  test('to a later row are missing', () => {
    expect(rejectedBy(tree, [row(2, 3)])).toEqual({ 2: [missing(0)] })
  })

  test('to itself are valid, if the row is imported', () => {
    expect(rejectedBy(tree, [row(2, 2)])).toEqual({})
    // Its id is taken, so that the table has what it refers to.
    expect(rejectedBy(tree, [{ ...row(2, 2, 2, true), missing_0: false }])).toEqual({
      2: [duplicate(0, null)],
    })
  })

  test('to a rejected row are missing, and that cascades', () => {
    expect(rejectedBy(tree, [row(1, null), row(2, 1), row(3, 2), row(4, 4)])).toEqual({
      1: [missing(0)],
      2: [missing(0)],
      3: [missing(0)],
    })
  })

  test('to a barred row are missing, and that cascades', () => {
    expect(rejectedBy(tree, [row(2, 1), row(3, 2)], [1])).toEqual({ 2: [missing(0)], 3: [missing(0)] })
  })

  test('to a key whose first row was rejected are valid, once a later row has it', () => {
    // Row 1 refers to nothing; row 2 has its id and is imported; row 3 refers to that id.
    expect(rejectedBy(tree, [row(1, null), { ...row(2, null, 1), missing_0: false }, row(3, 1)])).toEqual({
      1: [missing(0)],
    })
  })

  test('in a circle are both missing', () => {
    expect(rejectedBy(tree, [row(1, 2), row(2, 1)])).toEqual({ 1: [missing(0)], 2: [missing(0)] })
  })
})

test('references to another table are missing or not; all broken rules of a row are reported, in their order', () => {
  const questions: MergeChecks = {
    keys: [key('id'), key('email')],
    references: [reference('id', false), reference('id', false)],
  }
  const suspect = {
    row: 3,
    group_0: 1,
    taken_0: false,
    group_1: 3,
    taken_1: true,
    missing_0: true,
    maker_0: null,
    missing_1: true,
    maker_1: null,
  }
  expect(rejectedBy(questions, [suspect])).toEqual({
    3: [duplicate(0, 1), duplicate(1, null), missing(0), missing(1)],
  })
})
