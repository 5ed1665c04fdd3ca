// A value that hooks see, so that they cannot change it without anybody noticing.

/** Frozen with everything in it. Members of a class keep what is private to them. */
export function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const member of Object.values(value)) frozen(member)
  return Object.freeze(value)
}
