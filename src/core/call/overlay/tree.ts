/**
 * The tree of one stream while it is planned: who has it from whom. Straight copies up to the quota are on the source's
 * line already; every other copy is put on its sender's line as it is hung, and taken off when the tree is given up.
 */
import { CHILDREN_PER_STREAM } from '../../../protocol/limits.ts'
import type { Demand } from './demands.ts'
import { hopKbps, hopsOf } from './layer-terms.ts'
import { canGoStraight, hasRoom, hasRoomFirst, type Line, priceOf, rttOf, send } from './lines.ts'

export type Branch = { readonly line: Line; readonly parent: Line; readonly hops: number; children: number }

export type Tree = {
  readonly demand: Demand
  readonly wanters: ReadonlySet<Line>
  readonly deepest: number
  /** Copies that its source has room for. */
  readonly quota: number
  readonly branches: Map<Line, Branch>
  /** Those who may pass it on, by their hops. */
  readonly carriers: readonly Set<Branch>[]
  straight: number
  /** Edges it may still name. */
  edgesLeft: number
}

/** How a place is judged: by all that is held on a line, or by what comes before this stream alone. */
export type Room = { readonly share: number; readonly isFirst: boolean }

export function openTree(demand: Demand, quota: number, edgesLeft: number): Tree {
  const deepest = hopsOf(demand.layer)
  const carriers = Array.from({ length: deepest }, () => new Set<Branch>())
  return { demand, wanters: new Set(demand.wanters), deepest, quota, branches: new Map(), carriers, straight: 0, edgesLeft }
}

export function canHangStraight(tree: Tree, child: Line, room: Room): boolean {
  const { source } = tree.demand
  if (!canGoStraight(child, source) || tree.straight >= CHILDREN_PER_STREAM || !canTake(tree, child)) return false
  return tree.straight < tree.quota || fitsOn(source, tree, room)
}

export function canHang(tree: Tree, child: Line, on: Branch, room: Room): boolean {
  if (on.children >= on.line.forwards || on.hops >= tree.deepest || tree.edgesLeft <= 0) return false
  return rttOf(child, on.line) < Number.POSITIVE_INFINITY && canTake(tree, child) && fitsOn(on.line, tree, room)
}

/** Who takes it only to pass it on has room for it, and is not one who must do without. */
function canTake({ demand, wanters }: Tree, child: Line): boolean {
  return wanters.has(child) || (child.takenKbps + demand.kbps <= child.downKbps && !demand.without.includes(child))
}

function fitsOn(line: Line, { demand }: Tree, { share, isFirst }: Room): boolean {
  return isFirst ? hasRoomFirst(line, demand, share) : hasRoom(line, demand, share)
}

export function hangStraight(tree: Tree, child: Line): void {
  tree.straight++
  if (tree.straight > tree.quota) send(tree.demand.source, tree.demand)
  add(tree, { line: child, parent: tree.demand.source, hops: 1, children: 0 })
}

export function hang(tree: Tree, child: Line, on: Branch): void {
  on.children++
  tree.edgesLeft--
  send(on.line, tree.demand)
  add(tree, { line: child, parent: on.line, hops: on.hops + 1, children: 0 })
}

function add(tree: Tree, branch: Branch): void {
  tree.branches.set(branch.line, branch)
  if (!tree.wanters.has(branch.line)) branch.line.takenKbps += tree.demand.kbps
  if (branch.line.forwards > 0 && branch.hops < tree.deepest) tree.carriers[branch.hops]?.add(branch)
}

/** Who took it only to pass it on and has nobody to pass it to lets it go. */
export function prune(tree: Tree): void {
  if (tree.branches.size === tree.wanters.size) return
  const idle = [...tree.branches.values()].filter(({ line, children }) => children === 0 && !tree.wanters.has(line))
  for (const branch of idle) unhang(tree, branch)
  if (idle.length > 0) prune(tree)
}

/** Only who has nobody below it. */
export function unhang(tree: Tree, branch: Branch): void {
  const { demand, branches, carriers, wanters } = tree
  if (!wanters.has(branch.line)) branch.line.takenKbps -= demand.kbps
  branches.delete(branch.line)
  carriers[branch.hops]?.delete(branch)
  const on = branches.get(branch.parent)
  if (on === undefined) {
    if (tree.straight > tree.quota) send(demand.source, demand, -1)
    tree.straight--
  } else {
    on.children--
    tree.edgesLeft++
    send(branch.parent, demand, -1)
  }
}

/** Takes all copies of a tree off the lines, or puts them on again. Straight ones of the quota stay where they are. */
export function weigh(tree: Tree, sign: 1 | -1): void {
  const { demand, branches, wanters } = tree
  for (const { line, parent } of branches.values()) {
    if (!wanters.has(line)) line.takenKbps += sign * demand.kbps
    if (parent !== demand.source) send(parent, demand, sign)
  }
  send(demand.source, demand, sign * Math.max(0, tree.straight - tree.quota))
}

/** A copy more than its source has room for is dearer than any other way. */
const OVER = 100

/** What is passed on, by the prices of lines as they are now; a copy that is taken only to be passed on costs its size. */
export function costOf({ demand, branches, wanters, straight, quota }: Tree): number {
  let cost = OVER * Math.max(0, straight - quota) * (demand.kbps + hopKbps(demand.layer))
  for (const { line, parent } of branches.values()) {
    if (parent !== demand.source) cost += priceOf(demand, parent, line, demand.source)
    if (!wanters.has(line)) cost += demand.kbps
  }
  return cost
}
