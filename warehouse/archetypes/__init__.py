"""What a lab's listings say of it, and the archetype of the DGE study of 2020 that follows."""
