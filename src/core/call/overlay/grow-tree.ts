/**
 * The tree of one stream. It is mended from the plan before, and made anew beside it; the new one is taken when it serves
 * more, or as many at a clearly lower cost. So nobody is moved for a small gain, and nobody waits for long in a bad place.
 */
import type { Demand } from './demands.ts'
import { type KeptStream, straightOf } from './kept-plan.ts'
import { CRAM, canGoStraight, FILL, hasRoom, KEEP, type Line, priceOf, rttOf } from './lines.ts'
import { BETTER } from './share-lines.ts'
import { type Branch, canHang, canHangStraight, costOf, hang, hangStraight, openTree, prune, type Room, type Tree, weigh } from './tree.ts'

const STAY: Room = { share: KEEP, isFirst: true }
const CALM: Room = { share: FILL, isFirst: false }
const TIGHT: Room = { share: CRAM, isFirst: false }
/** Voices and screens need not wait for pictures that are passed on already. */
const URGENT: Room = { share: CRAM, isFirst: true }

/** `others`: everybody in the meeting, who may take a stream only to pass it on. */
export function growTree(demand: Demand, quota: number, kept: KeptStream, others: readonly Line[], edgesLeft: number): Tree {
  const mended = mend(openTree(demand, quota, edgesLeft), kept, others)
  if (mended.branches.size === mended.straight && served(mended) === demand.wanters.length) return mended
  const cost = costOf(mended)
  weigh(mended, -1)
  const fresh = plant(openTree(demand, quota, edgesLeft), kept, others)
  if (served(fresh) > served(mended) || (served(fresh) === served(mended) && costOf(fresh) < BETTER * cost)) return fresh
  weigh(fresh, -1)
  weigh(mended, 1)
  return mended
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
  return tree
}

/** The best carriers stand first, and so straight under the source. */
function plant(tree: Tree, kept: KeptStream, others: readonly Line[]): Tree {
  for (const { line } of plantingOrder(tree, others)) place(tree, line, kept, others)
  prune(tree)
  return tree
}

type Able = { readonly line: Line; readonly able: number }

/** Those who only pass on join where the others are too weak. */
function plantingOrder(tree: Tree, others: readonly Line[]): readonly Able[] {
  const { demand, quota, deepest } = tree
  const able = demand.wanters.map((line) => ({ line, able: ability(line, tree) })).toSorted((a, b) => b.able - a.able)
  let places = able.slice(0, deepest > 2 ? able.length : quota).reduce((sum, each) => sum + each.able, quota)
  if (places >= able.length) return able
  const idle = others
    .filter((line) => line !== demand.source && !tree.wanters.has(line))
    .map((line) => ({ line, able: ability(line, tree) }))
  const helpers: Able[] = []
  for (const helper of idle.toSorted((a, b) => b.able - a.able)) {
    const replaced = able[quota - 1 - helpers.length]?.able ?? 0
    if (places >= able.length || helper.able <= replaced + 1) break
    helpers.push(helper)
    places += helper.able - replaced
  }
  return [...able, ...helpers].toSorted((a, b) => b.able - a.able)
}

/** Copies a line could pass on, were it straight under the source. */
function ability(line: Line, { demand }: Tree): number {
  if (line.forwards === 0 || !canGoStraight(line, demand.source)) return 0
  const byKbps = (line.upKbps * FILL - line.sentKbps - line.heldKbps) / Math.max(1, demand.kbps)
  const byPackets = (line.packets * FILL - line.sentPackets - line.heldPackets) / Math.max(1, demand.packets)
  return Math.max(0, Math.min(line.forwards, Math.floor(byKbps), Math.floor(byPackets)))
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
  const on = old !== undefined && canHang(tree, child, old, room) ? old : cheapest(tree, child, room, tree.carriers)
  if (on === undefined) return false
  hang(tree, child, on)
  return true
}

/** Of those nearest to the source who have room. */
function cheapest(tree: Tree, child: Line, room: Room, levels: readonly (readonly Branch[])[]): Branch | undefined {
  for (const carriers of levels) {
    let best: Branch | undefined
    let bestPrice = Number.POSITIVE_INFINITY
    for (const branch of carriers) {
      if (!canHang(tree, child, branch, room)) continue
      const price = priceOf(tree.demand, branch.line, child, tree.demand.source)
      if (price >= bestPrice) continue
      best = branch
      bestPrice = price
    }
    if (best !== undefined) return best
  }
  return undefined
}

/** Somebody who does not want the stream takes it to pass it on: worth its own copy when it serves two or more. */
function recruit(tree: Tree, child: Line, others: readonly Line[], room: Room): boolean {
  if (tree.wanters.size === others.length - 1) return false
  const { demand } = tree
  const price = (line: Line) => priceOf(demand, line, child, demand.source)
  const helpers = others
    .filter((line) => line !== demand.source && !tree.wanters.has(line) && !tree.branches.has(line) && canHelp(tree, line, child, room))
    .toSorted((a, b) => price(a) - price(b))
  return helpers.some((helper) => placeHelper(tree, helper, room))
}

function canHelp({ demand }: Tree, line: Line, child: Line, { share }: Room): boolean {
  if (line.forwards < 2 || line.takenKbps + demand.kbps > line.downKbps) return false
  return hasRoom(line, demand, share, 2) && rttOf(child, line) < Number.POSITIVE_INFINITY
}

/** Not where nobody could hang below it. */
function placeHelper(tree: Tree, helper: Line, room: Room): boolean {
  if (!helper.isNew && tree.straight < tree.quota && canHangStraight(tree, helper, room)) {
    hangStraight(tree, helper)
    return true
  }
  const on = cheapest(tree, helper, room, tree.carriers.slice(0, -1))
  if (on !== undefined) hang(tree, helper, on)
  return on !== undefined
}
