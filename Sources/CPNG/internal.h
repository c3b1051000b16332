// What the reader and the writer share: the error handler, and memory with a budget.

#ifndef CPNG_INTERNAL_H
#define CPNG_INTERNAL_H

#include <png.h>

#include "CPNG.h"

typedef struct {
    char *message;
    size_t message_size;
    size_t memory_left;
} cpng_state;

/// Writes a message that is cut off, not overrun, where the buffer ends.
void cpng_fail(const cpng_state *state, const char *format, ...) __attribute__((format(printf, 2, 3)));

/// libpng's error handler: keeps the message and jumps back to the caller's setjmp.
void cpng_on_error(png_structp png, png_const_charp message);

/// libpng's warning handler: keeps silent.
void cpng_on_warning(png_structp png, png_const_charp message);

/// libpng's allocator, which refuses what is beyond the budget of the state.
png_voidp cpng_allocate(png_structp png, png_alloc_size_t size);

void cpng_release(png_structp png, png_voidp pointer);

#endif
