// A clock for bounds of time, which stands still while the machine does not let the tests run.
export { fairClock } from '../packages/core/src/testing/fair-clock.ts'
