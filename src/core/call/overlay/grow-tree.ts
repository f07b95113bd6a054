/**
 * The tree of one stream. It is mended from the plan before, and made anew beside it; the new one is taken when it serves
 * more, or as many at a clearly lower cost. So nobody is moved for a small gain, and nobody waits for long in a bad place.
 */
import type { Demand } from './demands.ts'
import { type KeptStream, straightOf } from './kept-plan.ts'
import { hopKbps } from './layer-terms.ts'
import { CRAM, canGoStraight, FILL, hasRoom, KEEP, type Line, priceOf, rttOf, standPrice } from './lines.ts'
import { BETTER } from './share-lines.ts'
import { cheapest, liftLeaves, swapLeaves } from './swap-leaves.ts'
import { canHang, canHangStraight, costOf, hang, hangStraight, openTree, prune, type Room, type Tree, weigh } from './tree.ts'

const STAY: Room = { share: KEEP, isFirst: true }
const CALM: Room = { share: FILL, isFirst: false }
const TIGHT: Room = { share: CRAM, isFirst: false }
/** Voices and screens need not wait for pictures that are passed on already. */
const URGENT: Room = { share: CRAM, isFirst: true }

/** A meeting of so few has time to try several carriers first in each tree; in a larger one there are many about as good. */
const SMALL_MEETING = 16
const TRIED = 5

/** `others`: everybody in the meeting, who may take a stream only to pass it on. */
export function growTree(demand: Demand, quota: number, kept: KeptStream, others: readonly Line[], edgesLeft: number): Tree {
  const open = () => openTree(demand, quota, edgesLeft)
  const mended = mend(open(), kept, others)
  if (mended.branches.size === Math.min(mended.straight, quota) && served(mended) === demand.wanters.length) return mended
  const margin = kept.parents.size === 0 ? 1 : BETTER
  let best = { tree: mended, cost: costOf(mended) * margin }
  weigh(mended, -1)
  for (const first of firstCarriers(mended, others, kept.parents.size === 0)) {
    const tree = plant(open(), kept, others, first)
    // Each move is a moment without a frame: as dear as a hop for good.
    const cost = costOf(tree) + (kept.parents.size === 0 ? 0 : hopKbps(demand.layer) * movesFrom(mended, tree))
    const isBetter = served(tree) > served(best.tree) || (served(tree) === served(best.tree) && cost < best.cost)
    if (isBetter) best = { tree, cost }
    weigh(tree, -1)
  }
  weigh(best.tree, 1)
  return best.tree
}

/** Who takes it from somebody else than in the tree that could stay. */
function movesFrom(stays: Tree, { branches }: Tree): number {
  let moves = 0
  for (const { line, parent } of branches.values()) {
    const was = stays.branches.get(line)
    if (was !== undefined && was.parent !== parent) moves++
  }
  return moves
}

function served({ branches, wanters }: Tree): number {
  let count = 0
  for (const line of branches.keys()) if (wanters.has(line)) count++
  return count
}

function mend(tree: Tree, kept: KeptStream, others: readonly Line[]): Tree {
  const childrenOf = Map.groupBy(kept.parents.keys(), (child) => kept.parents.get(child))
  const count = (line: Line) => childrenOf.get(line)?.length ?? 0
  const isNeeded = (line: Line) => tree.wanters.has(line) || count(line) > 0
  const reattach = (parent: Line): void => {
    const on = tree.branches.get(parent)
    for (const child of on === undefined ? [] : (childrenOf.get(parent) ?? [])) {
      if (on === undefined || tree.branches.has(child) || !isNeeded(child) || !canHang(tree, child, on, STAY)) continue
      hang(tree, child, on)
      reattach(child)
    }
  }
  // Who came last is moved first, but nobody before those who have children.
  const straight = straightOf(tree.demand, kept).toSorted((a, b) => Math.min(1, count(b)) - Math.min(1, count(a)))
  for (const line of straight) {
    if (tree.straight >= tree.quota || !canHangStraight(tree, line, STAY)) continue
    hangStraight(tree, line)
    reattach(line)
  }
  const waiting = new Set([...straight, ...kept.parents.keys(), ...tree.demand.wanters])
  for (const line of [...waiting].filter((each) => isNeeded(each) && !tree.branches.has(each)).toSorted((a, b) => count(b) - count(a))) {
    if (!tree.branches.has(line) && place(tree, line, kept, others)) reattach(line)
  }
  prune(tree)
  liftLeaves(tree)
  return tree
}

/** The best carriers stand first, and so straight under the source. */
function plant(tree: Tree, kept: KeptStream, others: readonly Line[], first: Line | undefined): Tree {
  if (first !== undefined) placeHelper(tree, first, CALM)
  for (const { line } of plantingOrder(tree, others)) if (!tree.branches.has(line)) place(tree, line, kept, others)
  prune(tree)
  swapLeaves(tree, CALM)
  return tree
}

type Able = { readonly line: Line; readonly able: number; readonly price: number }

/** Those who only pass on join where the others are too weak. */
function plantingOrder(tree: Tree, others: readonly Line[]): readonly Able[] {
  const { demand, quota, deepest, wanters } = tree
  const byAbility = (a: Able, b: Able) => b.able - a.able || a.price - b.price
  const able = demand.wanters.map((line) => abilityOf(line, tree)).toSorted(byAbility)
  let places = able.slice(0, deepest > 2 ? able.length : quota).reduce((sum, each) => sum + each.able, quota)
  if (places >= able.length) return able
  const helpers: Able[] = []
  const idle = others.filter((line) => line !== demand.source && !wanters.has(line))
  for (const helper of idle.map((line) => abilityOf(line, tree)).toSorted(byAbility)) {
    const replaced = able[quota - 1 - helpers.length]?.able ?? 0
    if (places >= able.length || helper.able <= replaced + 1) break
    helpers.push(helper)
    places += helper.able - replaced
  }
  return [...able, ...helpers].toSorted(byAbility)
}

/** Copies a line could pass on, were it straight under the source; no more than are needed. */
function abilityOf(line: Line, { demand, quota }: Tree): Able {
  const price = standPrice(line, demand.source)
  if (line.forwards === 0 || !canGoStraight(line, demand.source)) return { line, able: 0, price }
  const byKbps = (line.upKbps * FILL - line.sentKbps - line.heldKbps) / Math.max(1, demand.kbps)
  const byPackets = (line.packets * FILL - line.sentPackets - line.heldPackets) / Math.max(1, demand.packets)
  const needed = Math.max(1, demand.wanters.length - quota)
  return { line, able: Math.max(0, Math.min(line.forwards, needed, Math.floor(byKbps), Math.floor(byPackets))), price }
}

function place(tree: Tree, child: Line, kept: KeptStream, others: readonly Line[]): boolean {
  for (const room of [CALM, TIGHT]) {
    if (placeIn(tree, child, kept, room)) return true
    if (recruit(tree, child, others, room) && placeIn(tree, child, kept, room)) return true
  }
  return tree.demand.layer !== 'thumb' && tree.demand.layer !== 'main' && placeIn(tree, child, kept, URGENT)
}

function placeIn(tree: Tree, child: Line, kept: KeptStream, room: Room): boolean {
  if ((tree.straight < tree.quota || room !== CALM) && canHangStraight(tree, child, room)) {
    hangStraight(tree, child)
    return true
  }
  const was = kept.parents.get(child)
  const old = was === undefined ? undefined : tree.branches.get(was)
  const on = old !== undefined && canHang(tree, child, old, room) ? old : cheapest(tree, child, room)
  if (on === undefined) return false
  hang(tree, child, on)
  return true
}

/** Somebody who does not want the stream takes it to pass it on: worth its own copy when it serves two or more. */
function recruit(tree: Tree, child: Line, others: readonly Line[], room: Room): boolean {
  return helpersFor(tree, child, others, room).some((helper) => placeHelper(tree, helper, room))
}

/** Who stands in the tree before all others; undefined: whoever could pass on most. A tree that is there is not given up for the last few per cent. */
function firstCarriers(tree: Tree, others: readonly Line[], isFirst: boolean): readonly (Line | undefined)[] {
  const { demand, wanters } = tree
  if (!isFirst || others.length > SMALL_MEETING)
    return wanters.size < others.length - 1 ? [undefined, bestHelper(tree, others)] : [undefined]
  const isAble = (line: Line) =>
    line !== demand.source &&
    line.forwards > 0 &&
    canGoStraight(line, demand.source) &&
    hasRoom(line, demand, FILL, wanters.has(line) ? 1 : 2)
  const able = others.filter(isAble).map((line) => ({ line, price: priceToAll(tree, line) }))
  return [
    undefined,
    ...able
      .toSorted((a, b) => a.price - b.price)
      .slice(0, TRIED)
      .map(({ line }) => line),
  ]
}

/** Were it alone to pass the stream on. */
function priceToAll({ demand, wanters }: Tree, carrier: Line): number {
  let price = wanters.has(carrier) ? 0 : demand.kbps
  for (const child of wanters)
    if (child !== carrier && rttOf(child, carrier) < Number.POSITIVE_INFINITY) price += priceOf(demand, carrier, child, demand.source)
  return price
}

/** For one who wants it; for the others it is good enough, or the tree with it is not taken. */
function bestHelper(tree: Tree, others: readonly Line[]): Line | undefined {
  const child = tree.demand.wanters[0]
  return child === undefined ? undefined : helpersFor(tree, child, others, CALM)[0]
}

function helpersFor(tree: Tree, child: Line, others: readonly Line[], room: Room): readonly Line[] {
  const { demand, wanters, branches } = tree
  if (wanters.size === others.length - 1) return []
  const canHelp = (line: Line) => line.forwards > 1 && hasRoom(line, demand, room.share, 2) && rttOf(child, line) < Number.POSITIVE_INFINITY
  return others
    .filter((line) => line !== demand.source && !wanters.has(line) && !branches.has(line) && canHelp(line))
    .map((line) => ({ line, price: priceOf(demand, line, child, demand.source) }))
    .toSorted((a, b) => a.price - b.price)
    .map(({ line }) => line)
}

/** Not where nobody could hang below it. */
function placeHelper(tree: Tree, helper: Line, room: Room): boolean {
  if (!helper.isNew && tree.straight < tree.quota && canHangStraight(tree, helper, room)) {
    hangStraight(tree, helper)
    return true
  }
  const on = cheapest(tree, helper, room, tree.deepest - 1)
  if (on !== undefined) hang(tree, helper, on)
  return on !== undefined
}
