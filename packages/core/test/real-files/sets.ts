// The real files, smallest first.
import type { DataSet } from './data-set.ts'
import { airports } from './sets/airports.ts'
import { cars } from './sets/cars.ts'
import { cities } from './sets/cities.ts'
import { countries } from './sets/countries.ts'
import { diamonds } from './sets/diamonds.ts'
import { elements, elementsJson } from './sets/elements.ts'
import { emoji, emojiGroups } from './sets/emoji.ts'
import { characters, encounters } from './sets/les-miserables.ts'
import { mediaTypes } from './sets/media-types.ts'
import { nations } from './sets/nations.ts'
import { nodeReleases } from './sets/node-releases.ts'
import { olympians } from './sets/olympians.ts'
import { penguins } from './sets/penguins.ts'
import { pizzas } from './sets/pizzas.ts'
import { postalCodes } from './sets/postal-codes.ts'
import { quotes } from './sets/quotes.ts'
import { stockPrices } from './sets/stock-prices.ts'
import { subtags } from './sets/subtags.ts'
import { timeZones } from './sets/time-zones.ts'

export const dataSets: readonly DataSet[] = [
  characters,
  encounters,
  elements,
  elementsJson,
  emojiGroups,
  cities,
  nations,
  countries,
  penguins,
  nodeReleases,
  cars,
  timeZones,
  quotes,
  stockPrices,
  emoji,
  mediaTypes,
  airports,
  postalCodes,
  subtags,
  olympians,
  pizzas,
  diamonds,
]
