// Attention of one token over its own cache, compiled once for each instruction set that includes it.
//
// Before, ATTEND_TALL and ATTEND_WIDE say how many heads and vectors fit into the registers together.
#pragma once

#include "lanes.h"
#include "rows.h"

// Weighted sums of vectors, one for each head.
//
// sums[head][v] += sum over the steps of vectors[step][v] * weights[head][step], step by step.
typedef struct {
    const float *vectors;
    size_t step_stride;
    // From one vector of a step to the next.
    size_t vector_stride;
    // From a vector to what will be read after all of these, and is fetched meanwhile.
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
} weighing;

LANES_INLINE void weigh_tile(const weighing *job, size_t heads, size_t width, size_t head, size_t vector) {
    const float *vectors = job->vectors + vector * job->vector_stride;
    const float *weights = job->weights + head * job->weight_stride;
    float *sums = job->sums + head * job->sum_stride + vector * lane_count;
    const size_t steps = job->steps, step_stride = job->step_stride, vector_stride = job->vector_stride;
    const size_t weight_stride = job->weight_stride, sum_stride = job->sum_stride, ahead = job->ahead;
    lanes total[ATTEND_TALL][ATTEND_WIDE];
    WEFT_UNROLL for (size_t h = 0; h < heads; h++)
        WEFT_UNROLL for (size_t v = 0; v < width; v++)
            total[h][v] = job->is_new ? all(0) : load(sums + h * sum_stride + v * lane_count);
    for (size_t step = 0; step < steps; step++, vectors += step_stride) {
        lanes part[ATTEND_WIDE];
        WEFT_UNROLL for (size_t v = 0; v < width; v++) {
            part[v] = load(vectors + v * vector_stride);
            if (head == 0) __builtin_prefetch(vectors + v * vector_stride + ahead);
        }
        WEFT_UNROLL for (size_t h = 0; h < heads; h++) {
            const lanes weight = all(weights[h * weight_stride + step]);
            WEFT_UNROLL for (size_t v = 0; v < width; v++) total[h][v] += part[v] * weight;
        }
    }
    WEFT_UNROLL for (size_t h = 0; h < heads; h++)
        WEFT_UNROLL for (size_t v = 0; v < width; v++) store(total[h][v], sums + h * sum_stride + v * lane_count);
}

// Weighs `count` vectors for all heads; the heads take turns while the vectors are near.
static void weigh(const weighing *job, size_t heads, size_t count) {
    for (size_t vector = 0; vector < count;) {
        const size_t left = count - vector;
        const size_t width = left >= ATTEND_WIDE ? ATTEND_WIDE : left >= 2 ? 2 : 1;
        size_t head = 0;
        for (; head + ATTEND_TALL <= heads; head += ATTEND_TALL) {
            if (width == ATTEND_WIDE) weigh_tile(job, ATTEND_TALL, ATTEND_WIDE, head, vector);
            else if (width == 2) weigh_tile(job, ATTEND_TALL, 2, head, vector);
            else weigh_tile(job, ATTEND_TALL, 1, head, vector);
        }
        for (; head < heads; head++) {
            if (width == ATTEND_WIDE) weigh_tile(job, 1, ATTEND_WIDE, head, vector);
            else if (width == 2) weigh_tile(job, 1, 2, head, vector);
            else weigh_tile(job, 1, 1, head, vector);
        }
        vector += width;
    }
}

// Replaces scores by exp(scale * (score - maximum)) and returns their sum; fills the last 16 up with zeros.
static float exponentials(float *scores, size_t length, float scale) {
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
        store(weight, scores + index);
        sums += weight;
    }
    return sum(sums);
}

static void attend(const weft_attention *a, const float *queries, float *scratch, float *out) {
    enum { near = 64 };  // positions whose values stay in the first cache while every head reads them
    float *totals = scratch + a->heads * a->stride;
    // The values have as many floats as the keys, and so has the cache that follows, mostly that of the next call.
    const size_t apart = (size_t)(a->values - a->keys);
    const weighing score = {
        a->keys, lane_count, a->head_dim * lane_count, apart, queries, a->head_dim, a->head_dim, scratch, a->stride, 1};
    weigh(&score, a->heads, (a->length + lane_count - 1) / lane_count);
    for (size_t head = 0; head < a->heads; head++) {
        // The factor that makes the weights sum to 1 waits in `out` until the weighted values have been summed.
        const float scale = 1 / sqrtf((float)a->head_dim);
        out[head * a->head_dim] = 1 / exponentials(scratch + head * a->stride, a->length, scale);
    }
    for (size_t first = 0; first < a->length; first += near) {
        const size_t steps = a->length - first < near ? a->length - first : near;
        const weighing value = {
            a->values + first * a->value_stride, a->value_stride, lane_count, apart, scratch + first, a->stride,
            steps, totals, a->value_stride, first == 0};
        weigh(&value, a->heads, a->value_stride / lane_count);
    }
    for (size_t head = 0; head < a->heads; head++) {
        const float scale = out[head * a->head_dim];
        for (size_t index = 0; index < a->head_dim; index++)
            out[head * a->head_dim + index] = totals[head * a->value_stride + index] * scale;
    }
}
