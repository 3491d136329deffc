"""Floor 1, reading law: vocabulary, packs, compile and judge. No ground, no third party."""
