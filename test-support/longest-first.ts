// The order of the test files: slow ones start first, so that no worker is idle while the last one runs.
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Path prefixes, the slowest first; a fresh checkout has no record of past durations. */
const slowestFirst = [
  'packages/adapter-',
  'packages/conformance/test/http/',
  'packages/core/test/bad-inputs',
  'examples/',
  'packages/embedded-postgres/',
  'packages/cli/test/',
  'packages/core/test/dispatch/',
  'packages/core/test/jobs/',
  'packages/core/test/',
]

export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const root = `${this.ctx.config.root}/`
    const place = ({ moduleId }: TestSpecification) => {
      const index = slowestFirst.findIndex(prefix => moduleId.startsWith(root + prefix))
      return index === -1 ? slowestFirst.length : index
    }
    return [...files].sort((one, other) => place(one) - place(other))
  }
}
