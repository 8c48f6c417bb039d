//! Owned tensors: a shape and numbers, row-major.

use crate::Error;

/// The numbers of a tensor.
#[derive(Debug, Clone, PartialEq)]
pub enum Elements {
    /// 32-bit floats.
    F32(Vec<f32>),
    /// 64-bit integers.
    I64(Vec<i64>),
}

/// A shape and as many numbers as it says.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    shape: Vec<usize>,
    elements: Elements,
}

impl Elements {
    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::F32(values) => values.len(),
            Self::I64(values) => values.len(),
        }
    }

    /// None at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn empty_like(&self) -> Self {
        match self {
            Self::F32(_) => Self::F32(Vec::new()),
            Self::I64(_) => Self::I64(Vec::new()),
        }
    }

    /// Appends `from[start..end]`.
    ///
    /// # Errors
    /// [`Error::Malformed`] for another kind of numbers or a range outside `from`.
    pub(crate) fn extend(&mut self, from: &Self, start: usize, end: usize) -> Result<(), Error> {
        let outside = || Error::Malformed(format!("range {start}..{end} of {} numbers", from.len()));
        match (self, from) {
            (Self::F32(to), Self::F32(from)) => to.extend_from_slice(from.get(start..end).ok_or_else(outside)?),
            (Self::I64(to), Self::I64(from)) => to.extend_from_slice(from.get(start..end).ok_or_else(outside)?),
            _ => return Err(Error::Malformed("floats and integers do not mix".into())),
        }
        Ok(())
    }
}

impl Tensor {
    /// A tensor of floats.
    ///
    /// # Errors
    /// [`Error::Malformed`] when `values` are not as many as `shape` says.
    pub fn f32(shape: &[usize], values: Vec<f32>) -> Result<Self, Error> {
        Self::new(shape, Elements::F32(values))
    }

    /// A tensor of integers.
    ///
    /// # Errors
    /// As for [`Tensor::f32`].
    pub fn i64(shape: &[usize], values: Vec<i64>) -> Result<Self, Error> {
        Self::new(shape, Elements::I64(values))
    }

    /// A tensor of either kind.
    ///
    /// # Errors
    /// As for [`Tensor::f32`].
    pub fn new(shape: &[usize], elements: Elements) -> Result<Self, Error> {
        if count(shape) != Some(elements.len()) {
            return Err(Error::Malformed(format!("{} numbers for shape {shape:?}", elements.len())));
        }
        Ok(Self { shape: shape.to_vec(), elements })
    }

    /// Length of every axis.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The numbers.
    #[must_use]
    pub fn elements(&self) -> &Elements {
        &self.elements
    }

    /// The numbers, taken out.
    #[must_use]
    pub fn into_elements(self) -> Elements {
        self.elements
    }

    /// The floats.
    ///
    /// # Errors
    /// [`Error::Malformed`] when these are integers.
    pub fn as_f32(&self) -> Result<&[f32], Error> {
        match &self.elements {
            Elements::F32(values) => Ok(values),
            Elements::I64(_) => Err(Error::Malformed("integers where floats are wanted".into())),
        }
    }

    /// The integers.
    ///
    /// # Errors
    /// [`Error::Malformed`] when these are floats.
    pub fn as_i64(&self) -> Result<&[i64], Error> {
        match &self.elements {
            Elements::I64(values) => Ok(values),
            Elements::F32(_) => Err(Error::Malformed("floats where integers are wanted".into())),
        }
    }

    /// The floats, taken out.
    ///
    /// # Errors
    /// As for [`Tensor::as_f32`].
    pub fn into_f32(self) -> Result<Vec<f32>, Error> {
        match self.elements {
            Elements::F32(values) => Ok(values),
            Elements::I64(_) => Err(Error::Malformed("integers where floats are wanted".into())),
        }
    }

    /// Joins `rows` along `axis`.
    ///
    /// # Errors
    /// [`Error::Malformed`] when there is no row, or when the rows differ in anything but that axis.
    pub fn join(rows: &[&Self], axis: usize) -> Result<Self, Error> {
        let first = rows.first().ok_or_else(|| Error::Malformed("no row to join".into()))?;
        let mut shape = first.shape.clone();
        let fits = |row: &&&Self| {
            row.shape.len() == shape.len() && (0..shape.len()).all(|a| a == axis || row.shape[a] == shape[a])
        };
        if axis >= shape.len() || !rows.iter().all(|row| fits(&row)) {
            return Err(Error::Malformed(format!("shapes do not join along axis {axis}, the first is {shape:?}")));
        }
        shape[axis] = rows.iter().map(|row| row.shape[axis]).sum();
        let inner: usize = shape[axis + 1..].iter().product();
        let outer: usize = shape[..axis].iter().product();
        let mut elements = first.elements.empty_like();
        for outer_index in 0..outer {
            for row in rows {
                let span = row.shape[axis] * inner;
                elements.extend(&row.elements, outer_index * span, (outer_index + 1) * span)?;
            }
        }
        Self::new(&shape, elements)
    }

    /// Cuts the tensor along `axis` into `parts` of equal length: the opposite of [`Tensor::join`].
    ///
    /// # Errors
    /// [`Error::Malformed`] when the axis does not divide.
    pub fn split(&self, axis: usize, parts: usize) -> Result<Vec<Self>, Error> {
        let length = self.shape.get(axis).copied().unwrap_or(0);
        if parts == 0 || length % parts != 0 || length == 0 {
            return Err(Error::Malformed(format!("shape {:?} does not split into {parts} along {axis}", self.shape)));
        }
        let mut shape = self.shape.clone();
        shape[axis] = length / parts;
        let span = shape[axis..].iter().product::<usize>();
        let outer: usize = shape[..axis].iter().product();
        (0..parts)
            .map(|part| {
                let mut elements = self.elements.empty_like();
                for outer_index in 0..outer {
                    let start = (outer_index * parts + part) * span;
                    elements.extend(&self.elements, start, start + span)?;
                }
                Self::new(&shape, elements)
            })
            .collect()
    }
}

/// Numbers in a tensor of this shape; `None` when that does not fit a `usize`.
pub(crate) fn count(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1_usize, |product, &length| product.checked_mul(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_and_splits_along_any_axis() {
        let rows: Vec<Tensor> =
            (0..3).map(|r| Tensor::i64(&[2, 1, 2], (0..4).map(|v| r * 10 + v).collect()).unwrap()).collect();
        let joined = Tensor::join(&rows.iter().collect::<Vec<_>>(), 1).unwrap();
        assert_eq!(joined.shape(), [2, 3, 2]);
        assert_eq!(joined.as_i64().unwrap(), [0, 1, 10, 11, 20, 21, 2, 3, 12, 13, 22, 23]);
        assert_eq!(joined.split(1, 3).unwrap(), rows);
    }

    #[test]
    fn refuses_what_does_not_fit() {
        assert!(Tensor::f32(&[2, 3], vec![0.0; 5]).is_err());
        assert!(Tensor::f32(&[usize::MAX, 3], vec![0.0; 5]).is_err());
        let a = Tensor::f32(&[1, 2], vec![0.0; 2]).unwrap();
        let b = Tensor::f32(&[1, 3], vec![0.0; 3]).unwrap();
        let c = Tensor::i64(&[1, 2], vec![0; 2]).unwrap();
        assert!(Tensor::join(&[&a, &b], 0).is_err());
        assert!(Tensor::join(&[&a, &c], 0).is_err());
        assert!(Tensor::join(&[], 0).is_err());
        assert!(a.split(1, 3).is_err());
        assert!(a.as_i64().is_err());
    }
}
