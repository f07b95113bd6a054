import { MemoryBlockStore, MemoryDisk } from '../../src/tab/storage/memory-block-store.ts'
import { blockStoreContract, type Store } from './block-store.ts'
import { fileGatewayContract } from './file-gateway.ts'

const disks = new WeakMap<Store, MemoryDisk>()
const diskOf = (store: Store) => disks.get(store) as MemoryDisk

function onDisk(disk: MemoryDisk): Store {
  const store = new MemoryBlockStore({ disk })
  disks.set(store, disk)
  return store
}

blockStoreContract({
  open: async () => onDisk(new MemoryDisk()),
  reopen: async (store) => onDisk(diskOf(store)),
  async rot(store, id, shelf) {
    const bytes = diskOf(store).blocks[shelf].get(id)
    if (bytes !== undefined) bytes[0] = (bytes[0] as number) ^ 1
  },
})

fileGatewayContract(async () => new MemoryBlockStore())
