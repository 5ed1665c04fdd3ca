// Bounded label values: 20,000 label sets on one histogram are a scrape of 14 MB that blocks for half a second.

/** Replaces every unknown value. */
export const otherLabel = 'other'

export const unmatchedRoute = 'unmatched'

/** Routes are templates that the program declares. More than this means that paths were passed instead of templates. */
const maxRoutes = 200

const methods = knownOrOther(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Returns a function that passes the known values and maps all others to `other`. */
export function knownOrOther(known: Iterable<string>): (value: string) => string {
  const values = new Set(known)
  return value => (values.has(value) ? value : otherLabel)
}

export function methodLabel(method: string): string {
  return methods(method.toUpperCase())
}

/** RFC 9110, 15: a status code is a whole number from 100 to 599. */
export function statusLabel(status: number): string {
  return Number.isInteger(status) && status >= 100 && status <= 599 ? String(status) : otherLabel
}

/** Returns a function that passes the first 200 templates and maps all others to `other`. */
export function routeLabels(): (route: string | undefined) => string {
  const seen = new Set<string>()
  return route => {
    if (route === undefined) return unmatchedRoute
    if (!seen.has(route) && seen.size >= maxRoutes) return otherLabel
    seen.add(route)
    return route
  }
}
