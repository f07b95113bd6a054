/** 256 short words that sound unlike each other: one byte each, read aloud to tell that two screens show the same room. */
export const CHECK_WORDS: readonly string[] = `
  acorn alder amber anchor anvil apple apron arbor arrow aspen atlas autumn badge bagel baker balcony bamboo banjo
  barley barn basil basket beacon beaver bench berry birch bison blanket bloom bonfire boulder bowl branch brass bread
  brick bridge brook broom bucket bugle butter button cabin cactus camel candle canoe canvas canyon carrot castle
  cedar cello cherry chess chimney cider cinder clay clock cloud clover coast cobalt comet compass copper coral cotton
  cradle crane crater cricket crow crystal daisy dawn deer desert dock dolphin donkey dove dragon drum dune eagle
  easel echo elk ember falcon feather fern ferry fiddle field finch flame flint flute forest fossil fountain fox frost
  galaxy garden garlic gate ginger glacier goat gold goose grain granite grape gravel guitar hammer harbor harp hazel
  hedge heron hill honey horizon horse island ivory ivy jacket jasmine jungle kayak kettle kite ladder lagoon lake
  lantern larch lark laurel lemon library lily linen lion lizard lobster locket loom lotus lynx magnet mango maple
  marble meadow melon meteor mill mint mirror mitten moon moss mountain mushroom nectar needle nest nickel nutmeg oak
  oasis ocean olive onion opal orange orbit orchard otter owl oyster paddle palm panda paper parrot peach pearl pebble
  pelican pepper piano pigeon pillow pine planet plum pocket pond poppy prairie puffin pumpkin quartz quilt rabbit
  radish raft rain raven ribbon rice river robin rocket rose saddle saffron sail salmon salt sandal satin scarf shell
  silver sparrow spoon spruce squirrel star stone stream sugar summit swan tea thimble thunder tiger timber tin tower
  trout tulip turtle
`
  .trim()
  .split(/\s+/)
