// Attention of one token over its own cache, compiled once for each instruction set that includes it.
//
// Before, ATTEND_TALL and ATTEND_WIDE say how many heads and vectors fit into the registers together.
#pragma once

#include "cache.h"
#include "lanes.h"
#include "rows.h"

// Weighted sums of stored vectors, one for each head: scores of keys, whose steps are the head's elements, or outputs of
// values, whose steps are the positions.
//
// sums[head][v] += sum over the steps of vectors[step][v] * weights[head][step], step by step.
typedef struct {
    weft_cache_type type;
    // Whether the steps of a vector follow each other in memory, or its vectors do.
    int is_key;
    const char *vectors;
    // Bytes from one step to the next.
    size_t step_stride;
    // Bytes from one vector of a step to the next.
    size_t vector_stride;
    // Bytes from a vector to what will be read after all of these, and is fetched meanwhile.
    size_t ahead;
    // [heads][steps], weight_stride apart
    const float *weights;
    size_t weight_stride;
    size_t steps;
    // [heads][vectors][16], sum_stride apart
    float *sums;
    size_t sum_stride;
    // Whether the sums begin at 0.
    int is_new;
    // [vectors][16]: what the sums of a q8 key are multiplied by.
    const float *scales;
} weighing;

LANES_INLINE void weigh_tile(
    const weighing *job, weft_cache_type type, int is_key, size_t heads, size_t width, size_t head, size_t vector) {
    enum { line = 64 };  // bytes that are fetched together
    const size_t vectors_of_line = line / (lane_count * cache_size(type));
    const char *vectors = job->vectors + vector * job->vector_stride;
    const float *weights = job->weights + head * job->weight_stride;
    float *sums = job->sums + head * job->sum_stride + vector * lane_count;
    const size_t steps = job->steps, step_stride = job->step_stride, vector_stride = job->vector_stride;
    const size_t weight_stride = job->weight_stride, sum_stride = job->sum_stride, ahead = job->ahead;
    // Only the first heads fetch, and each line once.
    const size_t unfetched = head > 0 ? SIZE_MAX : is_key ? vectors_of_line - 1 : 0;
    lanes total[ATTEND_TALL][ATTEND_WIDE];
    WEFT_UNROLL for (size_t h = 0; h < heads; h++)
        WEFT_UNROLL for (size_t v = 0; v < width; v++)
            total[h][v] = job->is_new ? all(0) : load(sums + h * sum_stride + v * lane_count);
    for (size_t step = 0; step < steps; step++, vectors += step_stride) {
        lanes part[ATTEND_WIDE];
        WEFT_UNROLL for (size_t v = 0; v < width; v++) part[v] = load_stored(type, vectors + v * vector_stride);
        if ((step & unfetched) == 0)
            WEFT_UNROLL for (size_t v = 0; v < width; v += is_key ? 1 : vectors_of_line)
                __builtin_prefetch(vectors + v * vector_stride + ahead);
        WEFT_UNROLL for (size_t h = 0; h < heads; h++) {
            const lanes weight = all(weights[h * weight_stride + step]);
            WEFT_UNROLL for (size_t v = 0; v < width; v++) total[h][v] += part[v] * weight;
        }
    }
    WEFT_UNROLL for (size_t h = 0; h < heads; h++)
        WEFT_UNROLL for (size_t v = 0; v < width; v++) {
            if (is_key && type == weft_cache_q8) total[h][v] *= load(job->scales + (vector + v) * lane_count);
            store(total[h][v], sums + h * sum_stride + v * lane_count);
        }
}

LANES_INLINE void weigh_width(
    const weighing *job, weft_cache_type type, int is_key, size_t width, size_t heads, size_t vector) {
    size_t head = 0;
    for (; head + ATTEND_TALL <= heads; head += ATTEND_TALL)
        weigh_tile(job, type, is_key, ATTEND_TALL, width, head, vector);
    for (; head < heads; head++) weigh_tile(job, type, is_key, 1, width, head, vector);
}

// Weighs `count` vectors for all heads; the heads take turns while the vectors are near.
LANES_INLINE void weigh_as(const weighing *job, weft_cache_type type, int is_key, size_t heads, size_t count) {
    size_t vector = 0;
    for (; vector + ATTEND_WIDE <= count; vector += ATTEND_WIDE)
        weigh_width(job, type, is_key, ATTEND_WIDE, heads, vector);
    for (; vector + 2 <= count; vector += 2) weigh_width(job, type, is_key, 2, heads, vector);
    for (; vector < count; vector++) weigh_width(job, type, is_key, 1, heads, vector);
}

static void weigh(const weighing *job, size_t heads, size_t count) {
    switch (job->type) {
    case weft_cache_f32:
        if (job->is_key) return weigh_as(job, weft_cache_f32, 1, heads, count);
        return weigh_as(job, weft_cache_f32, 0, heads, count);
    case weft_cache_bf16:
        if (job->is_key) return weigh_as(job, weft_cache_bf16, 1, heads, count);
        return weigh_as(job, weft_cache_bf16, 0, heads, count);
    case weft_cache_q8:
        if (job->is_key) return weigh_as(job, weft_cache_q8, 1, heads, count);
        return weigh_as(job, weft_cache_q8, 0, heads, count);
    }
}

// Replaces scores by exp(scale * (score - maximum)), these times what they are multiplied by if that is not NULL, and
// returns the sum of the former; fills the last 16 up with zeros.
static float exponentials(float *scores, size_t length, float scale, const float *factors) {
    size_t padded = length;
    for (; padded % lane_count != 0; padded++) scores[padded] = -INFINITY;
    lanes maxima = load(scores);
    for (size_t index = lane_count; index < padded; index += lane_count) maxima = larger(maxima, load(scores + index));
    float maximum = maxima[0];
    for (size_t lane = 1; lane < lane_count; lane++)
        if (maxima[lane] >= maximum) maximum = maxima[lane];
    lanes sums = all(0);
    for (size_t index = 0; index < padded; index += lane_count) {
        const lanes score = load(scores + index);
        const lanes weight = choose(score == -INFINITY, all(0), exponential((score - maximum) * scale));
        store(factors ? weight * load(factors + index) : weight, scores + index);
        sums += weight;
    }
    return sum(sums);
}

static void attend(const weft_attention *a, const float *queries, float *scratch, float *out) {
    enum { near = 64 };  // positions whose values stay in the first cache while every head reads them
    const weft_cache *c = &a->cache;
    const size_t size = cache_size(c->type), vector_size = lane_count * size, value_size = c->value_stride * size;
    const char *keys = c->keys, *values = c->values;
    const float *value_scales = c->type == weft_cache_q8 ? c->value_scales : NULL;
    float *totals = scratch + a->heads * a->stride;
    // While keys are read their values are fetched, and while these are read the keys that come next.
    const size_t apart = (size_t)(values - keys);
    const weighing score = {
        c->type, 1, keys, vector_size, c->head_dim * vector_size, apart, queries, c->head_dim, c->head_dim, scratch,
        a->stride, 1, c->key_scales};
    weigh(&score, a->heads, (a->length + lane_count - 1) / lane_count);
    for (size_t head = 0; head < a->heads; head++) {
        // The factor that makes the weights sum to 1 waits in `out` until the weighted values have been summed.
        const float scale = 1 / sqrtf((float)c->head_dim);
        out[head * c->head_dim] = 1 / exponentials(scratch + head * a->stride, a->length, scale, value_scales);
    }
    for (size_t first = 0; first < a->length; first += near) {
        const size_t steps = a->length - first < near ? a->length - first : near;
        const weighing value = {
            c->type, 0, values + first * value_size, value_size, vector_size, a->next - apart, scratch + first,
            a->stride, steps, totals, c->value_stride, first == 0, NULL};
        weigh(&value, a->heads, c->value_stride / lane_count);
    }
    for (size_t head = 0; head < a->heads; head++) {
        const float scale = out[head * c->head_dim];
        for (size_t index = 0; index < c->head_dim; index++)
            out[head * c->head_dim + index] = totals[head * c->value_stride + index] * scale;
    }
}
