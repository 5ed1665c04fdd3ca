import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { JobStatus } from '../../../../src/jobs/store/job.ts'
import {
  isEnded,
  transitionAllowedSql,
  transitionSql,
  transitions,
} from '../../../../src/jobs/store/transitions.ts'

const states: readonly JobStatus[] = ['pending', 'processing', 'completed', 'failed', 'cancelled']

test('these transitions are legal, and no other', () => {
  const legal = new Set(
    Object.values(transitions).flatMap(({ from, to }) => from.map(one => `${one} → ${to}`)),
  )
  expect([...legal].sort()).toEqual([
    'cancelled → pending',
    'failed → pending',
    'pending → cancelled',
    'pending → failed',
    'pending → processing',
    'processing → cancelled',
    'processing → completed',
    'processing → failed',
    'processing → pending',
  ])
})

test('only a retry leaves a job that has ended', () => {
  const leaving = Object.entries(transitions).filter(([, { from }]) => from.some(isEnded))
  expect(leaving.map(([name]) => name)).toEqual(['retry'])
  expect(states.filter(isEnded)).toEqual(['completed', 'failed', 'cancelled'])
})

test('as SQL they are an assignment and a condition', () => {
  expect(transitionSql('retry')).toBe(`status = 'pending'`)
  expect(transitionAllowedSql('cancel')).toBe(`status in ('pending', 'processing')`)
})

test('every transition that ends the work of a worker adds up the processing time', () => {
  const names = Object.keys(transitions) as (keyof typeof transitions)[]
  const adding = names.filter(name => transitionSql(name).includes(', processing_time = processing_time +'))
  expect(adding).toEqual(['rescue', 'release', 'complete', 'fail', 'cancel'])
})

test('no other file writes a status, or checks one before it writes', () => {
  const folder = import.meta.dirname
  const guilty = readdirSync(folder)
    .filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'transitions.ts')
    .filter(name => {
      const statements = readFileSync(join(folder, name), 'utf8').match(/update lading\.jobs[^`]*/g) ?? []
      return statements.some(sql => /\bstatus (= '|in \()/.test(sql))
    })
  expect(guilty).toEqual([])
})
