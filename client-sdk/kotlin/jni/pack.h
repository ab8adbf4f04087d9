/* Answers as one array of bytes, for Unpack.kt: numbers in 8 bytes, big-endian; texts and bytes as a length, which is a number, and
 * the bytes; ids as their bytes. First the kind of the values (MUISTIO_HOLDS_…), then their count, then the values, field by field.
 */
#ifndef MUISTIO_JNI_PACK_H
#define MUISTIO_JNI_PACK_H

#include <muistio/c/muistio.h>

typedef struct {
  uint8_t* bytes; /* by malloc; wiped and freed by free_pack */
  size_t length;
  size_t room;
  bool failed; /* there was no memory */
} pack;

/* What `answer` holds; of a failure its message, as one text. */
pack pack_answer(muistio_answer* answer);
void free_pack(pack* packed);

#endif
