/** Whether this is `npm test`, which leaves to `npm run test:strict` the variants that differ least from others. */
export const isShortRun = (process.env.LADING_TESTS ?? 'short') === 'short'
