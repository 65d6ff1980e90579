package dev.meridian.engine.mapdb;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Tells the kernel how a mapped file will be read ({@code madvise(2)}). A disk may be set to read
 * megabytes ahead at each touch of a page, which a look-up of one block pays for and throws away.
 * Advice only: where it cannot be given, everything works as before.
 */
final class PageAdvice {

  private static final int RANDOM = 1;
  private static final int WILL_NEED = 3;
  private static final long PAGE_BYTES = 4096;

  private static final Optional<MethodHandle> MADVISE = madvise();

  private PageAdvice() {}

  @SuppressWarnings("restricted") // one call of the system's library, with the types it has
  private static Optional<MethodHandle> madvise() {
    try {
      Linker linker = Linker.nativeLinker();
      return linker
          .defaultLookup()
          .find("madvise")
          .map(
              address ->
                  linker.downcallHandle(
                      address,
                      FunctionDescriptor.of(
                          ValueLayout.JAVA_INT,
                          ValueLayout.ADDRESS,
                          ValueLayout.JAVA_LONG,
                          ValueLayout.JAVA_INT)));
    } catch (UnsupportedOperationException | IllegalCallerException noNativeCalls) {
      return Optional.empty();
    }
  }

  /** Single pages are read, here and there. */
  static void random(MemorySegment mapped) {
    advise(mapped, 0, mapped.byteSize(), RANDOM);
  }

  /** This part is read soon. Bounds beyond the file are cut. */
  static void willNeed(MemorySegment mapped, long from, long length) {
    long start = Math.clamp(from, 0, mapped.byteSize()) / PAGE_BYTES * PAGE_BYTES;
    advise(mapped, start, Math.min(length, mapped.byteSize() - start), WILL_NEED);
  }

  private static void advise(MemorySegment mapped, long from, long length, int advice) {
    if (MADVISE.isEmpty() || length <= 0) {
      return;
    }
    try {
      int ignored = (int) MADVISE.get().invokeExact(mapped.asSlice(from, length), length, advice);
    } catch (RuntimeException | Error failed) {
      throw failed;
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
