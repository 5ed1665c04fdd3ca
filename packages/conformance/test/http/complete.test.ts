// No group of the HTTP contract is left out, and none runs twice.
import { expect, test } from 'vitest'
import { httpSuiteGroups } from '../../src/http/http-suite.ts'
import { groupsOfFile } from './files.ts'

test('the test files together run every group of the suite once', () => {
  expect(Object.values(groupsOfFile).flat().sort()).toEqual([...httpSuiteGroups].sort())
})
