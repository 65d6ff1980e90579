package dev.meridian.engine;

import dev.meridian.contract.TableStoreContract;
import dev.meridian.simulation.MemoryTableStore;

class MemoryTableStoreTest extends TableStoreContract {

  private final MemoryTableStore store = new MemoryTableStore();

  @Override
  protected TableStore store() {
    return store;
  }
}
