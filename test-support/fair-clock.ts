// A clock for time bounds, which stops while the machine does not let the tests run.
export { fairClock } from '../packages/conformance/src/fair-clock.ts'
