/* CPU time of the calling thread for JavaScript, which Node 20 has for the whole process only. */
#include <node_api.h>
#include <time.h>

static napi_value thread_cpu(napi_env env, napi_callback_info info) {
  struct timespec at;
  napi_value result;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
  napi_create_double(env, at.tv_sec * 1e9 + at.tv_nsec, &result);
  return result;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "threadCpu", NAPI_AUTO_LENGTH, thread_cpu, NULL, &function);
  napi_set_named_property(env, exports, "threadCpu", function);
  return exports;
}
