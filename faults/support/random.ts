// Numbers that look random and come again with the same seed.

/** From 0 up to 1, by the linear congruence of Numerical Recipes. */
export function randomFrom(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
