# Sourced by postBuild and by start: the kernels compiled while the image is built are found again only if
# numba aims at the same processor. The machine that builds is seldom the machine that runs, so aim at a
# level that all of them have. x86-64-v3 (AVX2, FMA) is every server since 2015; elsewhere "generic".
case "$(uname -m)" in
    x86_64) export NUMBA_CPU_NAME=x86-64-v3 ;;
    *) export NUMBA_CPU_NAME=generic ;;
esac
# The name says it all: add nothing that only this machine has.
export NUMBA_CPU_FEATURES=""
