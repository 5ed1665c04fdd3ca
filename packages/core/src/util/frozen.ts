// Freezes a value that is passed to hooks, so that a hook cannot change it unnoticed.

/** Freezes a value deeply, in place, and returns it. Private members of classes stay mutable. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const member of Object.values(value)) deepFreeze(member)
  return Object.freeze(value)
}
